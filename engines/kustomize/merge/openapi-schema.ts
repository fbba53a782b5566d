import type { Value } from '../yaml/node-value.ts';
import type { FindSchema, MergeSchema } from './merge-schema.ts';

type JsonMap = Map<string, Value>;

/** The kinds that an OpenAPI document declares with `x-kubernetes-group-version-kind`. */
export function readOpenApi(document: Value): FindSchema {
  const definitions: JsonMap = asMap(asMap(document)?.get('definitions')) ?? new Map();
  const kinds = new Map<string, JsonMap>();
  for (const definition of definitions.values()) {
    const schema = asMap(definition);
    const ids = schema?.get('x-kubernetes-group-version-kind');
    if (schema === undefined || !Array.isArray(ids)) continue;
    for (const id of ids) kinds.set(kindKey(asMap(id)), schema);
  }
  return (apiVersion, kind) => {
    const schema = kinds.get(`${apiVersion} ${kind}`);
    return schema === undefined ? undefined : makeSchema(schema, definitions);
  };
}

function kindKey(id: JsonMap | undefined): string {
  const group = id?.get('group') ?? '';
  const version = String(id?.get('version') ?? '');
  return `${group === '' ? version : `${String(group)}/${version}`} ${String(id?.get('kind') ?? '')}`;
}

function makeSchema(schema: JsonMap, definitions: JsonMap): MergeSchema {
  const resolved = followReference(schema, definitions);
  const make = (value: Value | undefined): MergeSchema | undefined => {
    const map = asMap(value);
    return map === undefined ? undefined : makeSchema(map, definitions);
  };
  const strategy = resolved.get('x-kubernetes-patch-strategy');
  const keys = resolved.get('x-kubernetes-list-map-keys');
  const key = resolved.get('x-kubernetes-patch-merge-key');
  return {
    field: (name) => make(asMap(resolved.get('properties'))?.get(name) ?? resolved.get('additionalProperties')),
    elements: () => (resolved.get('type') === 'array' ? make(resolved.get('items')) : undefined),
    strategy: typeof strategy === 'string' ? strategy : '',
    keys:
      typeof strategy !== 'string'
        ? []
        : Array.isArray(keys)
          ? keys.map(String)
          : key === undefined
            ? []
            : [String(key)],
  };
}

function followReference(schema: JsonMap, definitions: JsonMap): JsonMap {
  let at = schema;
  for (let depth = 0; depth < 100; depth++) {
    const reference = at.get('$ref');
    if (typeof reference !== 'string') return at;
    const target = asMap(definitions.get(reference.replace(/^#\/definitions\//, '')));
    if (target === undefined) return at;
    at = target;
  }
  return at;
}

function asMap(value: Value | undefined): JsonMap | undefined {
  return value instanceof Map ? value : undefined;
}
