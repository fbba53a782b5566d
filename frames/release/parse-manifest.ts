import type { UnknownObject } from '@croft/api/object';
import { encodeJson } from '@croft/encoding/json/encode';
import { readYaml } from '@croft/encoding/yaml/read';
import { isJsonObject } from '@croft/foundation/json';

/** The objects of a rendered manifest, lists opened. Throws, in kubectl's words, on a document that is no object. */
export function parseManifest(manifest: string): UnknownObject[] {
  return manifest
    .split(/^---.*$/m)
    .flatMap((document) => (document.trim() === '' ? [] : openLists(JSON.parse(encodeJson(readYaml(document))))));
}

function openLists(value: unknown): UnknownObject[] {
  if (!isJsonObject(value)) return [];
  for (const [field, name] of [
    ['kind', 'Kind'],
    ['apiVersion', 'apiVersion'],
  ] as const) {
    if (typeof value[field] === 'string' && value[field] !== '') continue;
    throw new Error(`unable to decode "": Object '${name}' is missing in '${JSON.stringify(value)}'`);
  }
  if (String(value.kind).endsWith('List') && Array.isArray(value.items)) return value.items.flatMap(openLists);
  return [value as UnknownObject];
}
