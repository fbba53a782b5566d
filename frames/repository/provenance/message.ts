import { readYamlMap } from '@croft/encoding/yaml/read';
import { writeYaml } from '@croft/encoding/yaml/write';
import type { ChartMetadata } from '@croft/helm/chart/chart';
import { renderMetadata } from '@croft/helm/chart/write-metadata';

/** What is signed of a chart: its metadata and the digest of its archive (Helm's provenance.messageBlock). */
export function renderMessage(metadata: ChartMetadata, file: string, digest: string): string {
  return `${renderMetadata(metadata)}\n...\n${writeYaml(new Map([['files', new Map([[file, digest]])]]))}`;
}

/** The digests by file name of a signed message. Throws when it is none of Helm's. */
export function parseMessage(text: string): Map<string, string> {
  const [, sums] = text.split('\n...\n');
  if (sums === undefined) throw new Error('message block must have at least two parts');
  const files = readYamlMap(sums).get('files');
  if (!(files instanceof Map)) return new Map();
  return new Map([...files].map(([name, digest]) => [name, String(digest)]));
}
