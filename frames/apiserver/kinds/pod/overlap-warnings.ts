import { quoteGo } from '@croft/api/go-quote';
import type { Volume } from '@croft/api/types';

type Projected = NonNullable<Volume['projected']>;
type Source = NonNullable<Projected['sources']>[number];

/** Files of one volume that would be written over one another. */
export function overlapWarnings(volumes: readonly Volume[] = []): string[] {
  return volumes.flatMap((volume) => {
    const { configMap, secret, downwardAPI, projected } = volume;
    const of = (what: string) => `volume ${quoteGo(volume.name)} (${what}): overlapping paths`;
    return [
      ...overlaps(pathsOf(configMap?.items), of(`ConfigMap ${quoteGo(configMap?.name ?? '')}`)),
      ...overlaps(pathsOf(secret?.items), of(`Secret ${quoteGo(secret?.secretName ?? '')}`)),
      ...overlaps(pathsOf(downwardAPI?.items), of('DownwardAPI')),
      ...(projected === undefined ? [] : projectedWarnings(volume.name, projected, of)),
    ];
  });
}

function projectedWarnings(name: string, { sources }: Projected, of: (what: string) => string): string[] {
  const all = new Set<string>();
  return (sources ?? []).flatMap((source) => {
    if (Object.keys(source).length === 0) return [`volume ${quoteGo(name)} (Projected) has no sources provided`];
    const [what, paths] = describe(source);
    if (paths.length === 0) return [];
    const own = [...new Set(paths)];
    const together = [...own, ...all].sort();
    for (const path of own) all.add(path);
    return [...overlaps(paths, of(`Projected ${what}`)), ...overlaps(together, of(`Projected ${what}`))];
  });
}

function describe({ configMap, secret, downwardAPI, serviceAccountToken: token }: Source): [string, string[]] {
  if (configMap?.items !== undefined) return [`ConfigMap ${quoteGo(configMap.name ?? '')}`, pathsOf(configMap.items)];
  if (secret?.items !== undefined) return [`Secret ${quoteGo(secret.name ?? '')}`, pathsOf(secret.items)];
  if (downwardAPI?.items !== undefined) return ['DownwardAPI', pathsOf(downwardAPI.items)];
  return ['ServiceAccountToken', token === undefined ? [] : [token.path]];
}

const pathsOf = (items: readonly { path: string }[] = []) => items.map(({ path }) => path ?? '');

function overlaps(paths: readonly string[], what: string): string[] {
  const seen = new Set<string>();
  return paths.flatMap((given) => {
    const path = given.replace(/\/+$/, '');
    const other = [...seen].find((one) => collides(one, path));
    seen.add(path);
    return other === undefined || other === '' ? [] : [`${what}: ${quoteGo(path)} with ${quoteGo(other)}`];
  });
}

/** The same path, or one that begins with the other. */
function collides(left: string, right: string): boolean {
  if (left === '' || right === '') return false;
  return `${left}/`.startsWith(right) || `${right}/`.startsWith(left);
}
