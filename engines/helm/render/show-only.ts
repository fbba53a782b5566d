import { matchPath } from '../chart/match.ts';
import { splitManifests } from './manifests.ts';

/** Of a text that joinTemplate gives, only the manifests of these templates (`templates/x.yaml`, with wildcards). Throws. */
export function showOnly(text: string, patterns: readonly string[], helmVersion: 3 | 4 = 3): string {
  const documents = splitManifests(text, helmVersion);
  const shown: string[] = [];
  for (const pattern of patterns) {
    const found = documents.filter((document) => {
      const path = /# Source: [^/\n]+\/(.+)/.exec(document)?.[1];
      return path !== undefined && matchPath(pattern, path);
    });
    if (found.length === 0) throw new Error(`could not find template ${pattern} in chart`);
    shown.push(...found);
  }
  return shown.map((document) => `---\n${document}\n`).join('');
}
