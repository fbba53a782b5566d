import { readYaml } from '@croft/encoding/yaml/read';
import { errorMessage } from '@croft/foundation/errors';
import { type Loader, loadText } from '../source/loader.ts';
import type { Value } from '../yaml/node-value.ts';
import type { NameReference } from './default-references.ts';
import { type FieldSpec, fieldSpec } from './field-spec.ts';
import { emptyConfig, mergeConfigs, type TransformerConfig } from './transformer-config.ts';

type JsonMap = Map<string, Value>;

/** What OpenAPI definitions of custom types say of their fields: annotations, selectors, names and references. */
export function loadCrdConfig(loader: Loader, paths: readonly string[]): TransformerConfig {
  try {
    return paths.map((path) => readCrdConfig(parseDefinitions(loader, path))).reduce(mergeConfigs, emptyConfig);
  } catch (error) {
    throw new Error(`loading CRDs [${paths.join(' ')}]: ${errorMessage(error)}`);
  }
}

function parseDefinitions(loader: Loader, path: string): Value {
  const text = loadText(loader, path);
  try {
    return readYaml(text) as Value;
  } catch (error) {
    throw new Error(`unable to parse open API definition from '${path}': ${errorMessage(error)}`);
  }
}

function readCrdConfig(document: Value): TransformerConfig {
  let config = emptyConfig;
  if (!(document instanceof Map)) return config;
  for (const name of document.keys()) {
    const properties = propertiesOf(document, name);
    if (!['kind', 'apiVersion', 'metadata'].every((field) => properties.has(field))) continue;
    const found = collectFields(document, name, name.slice(name.lastIndexOf('.') + 1), [], new Set());
    config = mergeConfigs(config, { ...emptyConfig, ...found });
  }
  return config;
}

interface Found {
  readonly commonAnnotations: FieldSpec[];
  readonly commonLabels: FieldSpec[];
  readonly namePrefix: FieldSpec[];
  readonly nameReference: NameReference[];
}

function collectFields(types: JsonMap, type: string, kind: string, path: readonly string[], open: Set<string>): Found {
  const found: Found = { commonAnnotations: [], commonLabels: [], namePrefix: [], nameReference: [] };
  if (open.has(type)) return found;
  for (const [name, value] of propertiesOf(types, type)) {
    if (!(value instanceof Map)) continue;
    const place = [...path, name];
    const spec = fieldSpec(kind, place.join('/'));
    if (value.has('x-kubernetes-annotation')) found.commonAnnotations.push(spec);
    if (value.has('x-kubernetes-label-selector')) found.commonLabels.push(spec);
    if (value.has('x-kubernetes-identity')) found.namePrefix.push(spec);
    found.nameReference.push(...readReference(value, kind, place));
    const reference = value.get('$ref');
    if (typeof reference !== 'string') continue;
    const inner = collectFields(types, reference, kind, place, new Set([...open, type]));
    for (const list of ['commonAnnotations', 'commonLabels', 'namePrefix'] as const) found[list].push(...inner[list]);
    found.nameReference.push(...inner.nameReference);
  }
  return found;
}

function readReference(property: JsonMap, kind: string, place: readonly string[]): NameReference[] {
  const version = property.get('x-kubernetes-object-ref-api-version');
  const target = property.get('x-kubernetes-object-ref-kind');
  if (typeof version !== 'string' || typeof target !== 'string') return [];
  const key = property.get('x-kubernetes-object-ref-name-key') ?? 'name';
  const fields = [fieldSpec(kind, [...place, String(key)].join('/'))];
  return [{ group: '', version, kind: target, fields }];
}

function propertiesOf(types: JsonMap, type: string): JsonMap {
  const definition = types.get(type);
  const schema = definition instanceof Map ? definition.get('Schema') : undefined;
  const properties = schema instanceof Map ? schema.get('properties') : undefined;
  return properties instanceof Map ? properties : new Map();
}
