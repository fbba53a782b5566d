import { gunzipSync } from 'node:zlib';
import type { TestInstance } from '../support/instance.ts';

interface ReleaseSecret {
  type: string;
  metadata: { name: string; labels: Record<string, string> };
  data: { release: string };
}

/** A release record as `helm` reads it: JSON in gzip in base64, in the Secret's data, which is base64 once more. */
export interface HelmRecord {
  type: string;
  labels: Record<string, string>;
  release: {
    name: string;
    namespace: string;
    version: number;
    manifest: string;
    config: Record<string, unknown>;
    info: { status: string; first_deployed: string; last_deployed: string; description: string; notes: string };
    chart: { metadata: Record<string, string>; templates: { name: string; data: string }[]; values: object };
    hooks: { name: string; kind: string; events: string[]; last_run: { phase: string } }[];
  };
}

/** The records of a release, oldest first. */
export async function readHelmRecords(instance: TestInstance, namespace: string, name: string): Promise<HelmRecord[]> {
  const selector = `owner=helm,name=${name}`;
  const text = await instance.kubectl('get', 'secrets', '-n', namespace, '-l', selector, '-o', 'json');
  const { items } = JSON.parse(text) as { items: ReleaseSecret[] };
  return items
    .map(({ type, metadata, data }) => ({ type, labels: metadata.labels, release: decode(data.release) }))
    .sort((a, b) => a.release.version - b.release.version);
}

function decode(text: string): HelmRecord['release'] {
  const packed = Buffer.from(Buffer.from(text, 'base64').toString(), 'base64');
  return JSON.parse(gunzipSync(packed).toString()) as HelmRecord['release'];
}
