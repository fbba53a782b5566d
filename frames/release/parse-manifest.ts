import type { UnknownObject } from '@croft/api/object';
import { encodeJson } from '@croft/encoding/json/encode';
import { readYaml } from '@croft/encoding/yaml/read';
import { isJsonObject } from '@croft/foundation/json';

/** The objects of a rendered manifest, lists opened. */
export function parseManifest(manifest: string): UnknownObject[] {
  return manifest
    .split(/^---.*$/m)
    .flatMap((document) => (document.trim() === '' ? [] : openLists(JSON.parse(encodeJson(readYaml(document))))));
}

function openLists(value: unknown): UnknownObject[] {
  if (!isJsonObject(value)) return [];
  if (typeof value.kind === 'string' && value.kind.endsWith('List') && Array.isArray(value.items))
    return value.items.flatMap(openLists);
  return [value as UnknownObject];
}
