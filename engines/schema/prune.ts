import { isJsonObject } from '@croft/foundation/json';
import { readKey, setKey } from '@croft/foundation/json-keys';
import { objectMetaSchema } from './object-meta.ts';
import type { StructuralSchema } from './structural-schema.ts';

export interface Pruned<T> {
  value: T;
  /** Paths of the dropped fields in Kubernetes' order: `spec.foo`, `spec.list[0].bar`. */
  unknownFields: string[];
}

interface Found {
  /** Of objects' metadata; Kubernetes names these first. */
  readonly inMetadata: string[];
  readonly elsewhere: string[];
}

const objectFields: ReadonlySet<string> = new Set(['apiVersion', 'kind', 'metadata']);

/**
 * A custom object without the fields that its schema does not have. apiVersion, kind and the known fields of metadata
 * always stay. What has nothing to drop is shared with the input, which stays as it is.
 */
export function pruneUnknown<T>(object: T, schema: StructuralSchema): Pruned<T> {
  const found: Found = { inMetadata: [], elsewhere: [] };
  const value = isJsonObject(object) ? pruneMap(object, schema, '', found, true) : object;
  return { value: value as T, unknownFields: [...found.inMetadata.sort(), ...found.elsewhere.sort()] };
}

function prune(value: unknown, schema: StructuralSchema | undefined, path: string, found: Found): unknown {
  if (Array.isArray(value)) return pruneList(value, schema, path, found);
  if (!isJsonObject(value)) return value;
  return pruneMap(value, schema ?? {}, path, found, schema?.['x-kubernetes-embedded-resource'] === true);
}

function pruneList(list: unknown[], schema: StructuralSchema | undefined, path: string, found: Found): unknown[] {
  const free = schema?.['x-kubernetes-preserve-unknown-fields'] === true;
  if (free && schema?.items === undefined) return list;
  let result = list;
  list.forEach((item, index) => {
    const kept = prune(item, schema?.items, `${path}[${index}]`, found);
    if (kept === item) return;
    if (result === list) result = [...list];
    result[index] = kept;
  });
  return result;
}

function pruneMap(map: object, schema: StructuralSchema, path: string, found: Found, isObject: boolean): object {
  const free = schema['x-kubernetes-preserve-unknown-fields'] === true;
  let result = map;
  for (const key of Object.keys(map)) {
    const value = readKey(map, key);
    const below = path === '' ? key : `${path}.${key}`;
    const kept = keptValue(value, key, schema, below, found, isObject, free);
    if (kept === value) continue;
    if (result === map) result = { ...map };
    if (kept === undefined) delete (result as Record<string, unknown>)[key];
    else setKey(result, key, kept);
  }
  return result;
}

function keptValue(
  value: unknown,
  key: string,
  schema: StructuralSchema,
  path: string,
  found: Found,
  isObject: boolean,
  free: boolean,
): unknown {
  if (isObject && objectFields.has(key)) return key === 'metadata' ? pruneMetadata(value, path, found) : value;
  const property = schema.properties === undefined ? undefined : readKey(schema.properties, key);
  if (property !== undefined) return prune(value, property as StructuralSchema, path, found);
  const rest = schema.additionalProperties;
  if (typeof rest === 'object') return prune(value, rest, path, found);
  if (rest === true || free) return value;
  found.elsewhere.push(path);
  return undefined;
}

/** managedFields hold sets of any shape and are the server's own. */
function pruneMetadata(value: unknown, path: string, found: Found): unknown {
  const unknown: Found = { inMetadata: [], elsewhere: [] };
  const kept = prune(value, objectMetaSchema, path, unknown);
  found.inMetadata.push(...unknown.elsewhere);
  return kept;
}
