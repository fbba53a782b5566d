import { gunzipSync, gzipSync } from 'node:zlib';
import type { ReleaseRecord } from './record.ts';

/** The text under a release Secret's key `release`: base64 of the gzipped JSON, keys in Helm's order. */
export function encodeRelease(record: ReleaseRecord): string {
  const { name, info, chart, config, manifest, hooks, version, namespace } = record;
  const json = JSON.stringify({ name, info, chart, config, manifest, hooks, version, namespace });
  return gzipSync(json, { level: 9 }).toString('base64');
}

const gzipMagic = Buffer.from([0x1f, 0x8b, 0x08]);

/** Reads what encodeRelease, or Helm, wrote; records from before compression too. Throws Error when it is neither. */
export function decodeRelease(text: string): ReleaseRecord {
  const bytes = Buffer.from(text, 'base64');
  const json = bytes.subarray(0, 3).equals(gzipMagic) ? gunzipSync(bytes) : bytes;
  const record = JSON.parse(json.toString('utf8')) as ReleaseRecord;
  return { ...record, hooks: record.hooks ?? [], config: record.config ?? {} };
}
