import { formatKey, type KubeObject, keyOf } from '@croft/api/object';
import type { HTTPIngressPath, Ingress } from '@croft/api/types';
import { type IngressWarnings, warn } from './warnings.ts';

export interface RoutedPath {
  ingress: Ingress;
  path: string;
  pathType: string;
  backend: HTTPIngressPath['backend'];
}

/** Paths by host; the host `''` is for all that no other names. In the order in which they are to be tried. */
export type RoutingTable = Map<string, RoutedPath[]>;

/**
 * All Ingresses as one table: the longest path first, an exact one before a prefix of the same length; exact hosts
 * before wildcards before no host. Where two Ingresses claim the same, the older one has it, and the other is warned.
 */
export function buildRoutingTable(ingresses: readonly Ingress[], warnings: IngressWarnings): RoutingTable {
  const table: RoutingTable = new Map();
  for (const ingress of ingresses.toSorted(olderFirst)) {
    for (const [host, path] of listPaths(ingress)) {
      const paths = table.get(host) ?? [];
      table.set(host, paths);
      const taken = paths.find((other) => other.path === path.path && other.pathType === path.pathType);
      if (taken === undefined) paths.push(path);
      else if (taken.ingress !== ingress) warnOfConflict(ingress, taken.ingress, `${host}${path.path}`, warnings);
    }
  }
  for (const paths of table.values()) paths.sort(mostSpecificFirst);
  return new Map([...table].sort(([a], [b]) => rankOfHost(a) - rankOfHost(b) || (a < b ? -1 : 1)));
}

function* listPaths(ingress: Ingress): Generator<[string, RoutedPath]> {
  const { rules = [], defaultBackend } = ingress.spec ?? {};
  const whole = (backend: RoutedPath['backend']): RoutedPath => ({ ingress, path: '/', pathType: 'Prefix', backend });
  if (rules.length === 0 && defaultBackend !== undefined) yield ['', whole(defaultBackend)];
  for (const rule of rules) {
    const host = (rule.host ?? '').toLowerCase();
    for (const { path = '/', pathType, backend } of rule.http?.paths ?? [])
      yield [host, { ingress, path: path === '' ? '/' : path, pathType, backend }];
    if (defaultBackend !== undefined) yield [host, whole(defaultBackend)];
  }
}

function warnOfConflict(ingress: Ingress, other: Ingress, what: string, warnings: IngressWarnings): void {
  const name = formatKey(keyOf(other as KubeObject));
  warn(warnings, ingress, 'RouteTaken', `${what} belongs to the older Ingress ${name} already`);
}

function rankOfHost(host: string): number {
  if (host === '') return 2;
  return host.startsWith('*.') ? 1 : 0;
}

function mostSpecificFirst(a: RoutedPath, b: RoutedPath): number {
  return b.path.length - a.path.length || rankOfType(a) - rankOfType(b);
}

function rankOfType({ pathType }: RoutedPath): number {
  return pathType === 'Exact' ? 0 : 1;
}

function olderFirst(a: Ingress, b: Ingress): number {
  const created = (ingress: Ingress) => String(ingress.metadata?.creationTimestamp ?? '');
  const name = (ingress: Ingress) => formatKey(keyOf(ingress as KubeObject));
  if (created(a) !== created(b)) return created(a) < created(b) ? -1 : 1;
  return name(a) < name(b) ? -1 : 1;
}
