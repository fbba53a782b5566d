import type { ChartMetadata } from '@croft/helm/chart/chart';

const prefix = 'org.opencontainers.image.';

/** The annotations of a chart's manifest: what Chart.yaml says in OCI's words, then its own annotations. As in Helm's generateOCIAnnotations. */
export function chartAnnotations(metadata: ChartMetadata, created: string): Map<string, string> {
  const annotations = new Map<string, string>();
  const add = (key: string, value: string) => {
    if (value.trim() !== '') annotations.set(`${prefix}${key}`, value);
  };
  add('description', metadata.description);
  add('title', metadata.name);
  add('version', metadata.version);
  add('url', metadata.home);
  add('created', created);
  add('source', metadata.sources[0] ?? '');
  add('authors', metadata.maintainers.map(author).join(', '));
  for (const [key, value] of metadata.annotations) {
    if (key !== `${prefix}version` && key !== `${prefix}title`) annotations.set(key, value);
  }
  return annotations;
}

function author(maintainer: ChartMetadata['maintainers'][number]): string {
  if (maintainer === null) return '';
  return `${maintainer.name}${maintainer.email === '' ? '' : ` (${maintainer.email})`}`;
}
