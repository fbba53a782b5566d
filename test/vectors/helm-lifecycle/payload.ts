import { gunzipSync, gzipSync } from 'node:zlib';
import type { Secret } from '@croft/api/types';
import type { JsonObject } from '@croft/foundation/json';

/** What a release Secret holds, by the rule of the vectors alone: base64(base64(gzip(JSON))). */
export function readPayload({ data }: Secret): JsonObject {
  const inner = Buffer.from(data?.release ?? '', 'base64').toString('latin1');
  return JSON.parse(gunzipSync(Buffer.from(inner, 'base64')).toString('utf8')) as JsonObject;
}

export function writePayload(payload: JsonObject): string {
  const inner = gzipSync(JSON.stringify(payload)).toString('base64');
  return Buffer.from(inner, 'latin1').toString('base64');
}
