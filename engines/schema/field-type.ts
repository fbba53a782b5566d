import { objectMetaSchema } from './object-meta.ts';
import type { Schemas, StructuralSchema } from './structural-schema.ts';

export type ScalarType = 'string' | 'number' | 'boolean' | 'any';

/**
 * What patches and field ownership need to know of a field, made ready for speed. Lists are `atomic` (one value),
 * `set` (of scalars) or `map` (of objects known by `keys`). A map with `atomic` is one value too. `any` takes its
 * shape from the value: maps are granular, lists atomic.
 */
export interface FieldType {
  readonly shape: 'scalar' | 'map' | 'list' | 'any';
  readonly scalar: ScalarType;
  readonly atomic: boolean;
  /** The declared properties of a map. */
  readonly fields: ReadonlyMap<string, FieldType>;
  /** The type of a map's undeclared values, or of a list's items. */
  readonly element: FieldType | undefined;
  readonly listType: 'atomic' | 'set' | 'map';
  readonly keys: readonly string[];
  /** What a key that is left out counts as: `protocol` of a Service port is TCP. */
  readonly keyDefaults: ReadonlyMap<string, unknown>;
  /** Of strategic merge patch: `merge`, `replace`, `retainKeys`. */
  readonly patchStrategies: readonly string[];
  readonly patchMergeKey: string | undefined;
  /** The name of the definition, where it came from one. */
  readonly name: string | undefined;
}

type Draft = { -readonly [K in keyof FieldType]: FieldType[K] };

const none: readonly string[] = [];
const noFields: ReadonlyMap<string, FieldType> = new Map();
const noDefaults: ReadonlyMap<string, unknown> = new Map();

/** A value of which nothing is declared. */
export const anyType: FieldType = draft('any');

const known = new WeakMap<Schemas, Map<string, Draft>>();
const custom = new WeakMap<StructuralSchema, FieldType>();

/** The type of a definition in a table. Made once for each table. Throws when the table lacks it. */
export function getFieldType(schemas: Schemas, name: string): FieldType {
  let types = known.get(schemas);
  if (types === undefined) {
    types = new Map();
    known.set(schemas, types);
  }
  return namedType(name, { schemas, types });
}

/** The type of the objects of a custom resource: its schema, with apiVersion, kind and metadata as all objects have. */
export function customFieldType(schema: StructuralSchema): FieldType {
  let type = custom.get(schema);
  if (type === undefined) {
    type = buildType(withObjectFields(schema), { schemas: {}, types: new Map() });
    custom.set(schema, type);
  }
  return type;
}

interface Build {
  readonly schemas: Schemas;
  readonly types: Map<string, Draft>;
}

function namedType(name: string, build: Build): FieldType {
  const made = build.types.get(name);
  if (made !== undefined) return made;
  const schema = build.schemas[name];
  if (schema === undefined) throw new Error(`no schema is named ${name}`);
  const type = draft('any');
  build.types.set(name, type);
  fill(type, schema, build);
  type.name = name;
  return type;
}

function buildType(schema: StructuralSchema, build: Build): FieldType {
  const ref = schema.$ref ?? (schema.allOf?.length === 1 ? schema.allOf[0]?.$ref : undefined);
  if (ref !== undefined) return referredType(schema, ref, build);
  const type = draft('any');
  fill(type, schema, build);
  return type;
}

/** A reference may say more than its target; the rest is read through the prototype, as the target may not be filled yet. */
function referredType(schema: StructuralSchema, ref: string, build: Build): FieldType {
  const target = namedType(ref, build);
  const own: Partial<Draft> = {};
  if (schema['x-kubernetes-map-type'] !== undefined) own.atomic = schema['x-kubernetes-map-type'] === 'atomic';
  if (schema['x-kubernetes-patch-strategy'] !== undefined) own.patchStrategies = strategies(schema);
  if (schema['x-kubernetes-patch-merge-key'] !== undefined) own.patchMergeKey = schema['x-kubernetes-patch-merge-key'];
  return Object.keys(own).length === 0 ? target : Object.assign(Object.create(target) as FieldType, own);
}

function fill(type: Draft, schema: StructuralSchema, build: Build): void {
  type.patchStrategies = strategies(schema);
  type.patchMergeKey = schema['x-kubernetes-patch-merge-key'];
  if (schema['x-kubernetes-int-or-string'] === true) type.shape = 'scalar';
  else if (schema.type === 'array') fillList(type, schema, build);
  else if (schema.type === 'object' || schema.properties !== undefined) fillMap(type, schema, build);
  else if (schema.type !== undefined) {
    type.shape = 'scalar';
    type.scalar = loose(schema, build) ? 'any' : scalarOf(schema.type);
  }
}

function fillList(type: Draft, schema: StructuralSchema, build: Build): void {
  type.shape = 'list';
  type.element = schema.items === undefined ? anyType : buildType(schema.items, build);
  const listType = schema['x-kubernetes-list-type'];
  type.listType = listType === 'set' || listType === 'map' ? listType : 'atomic';
  type.atomic = type.listType === 'atomic';
  type.keys = [...(schema['x-kubernetes-list-map-keys'] ?? none)].sort();
  type.keyDefaults = keyDefaultsOf(schema, type.keys, build);
}

function fillMap(type: Draft, schema: StructuralSchema, build: Build): void {
  type.shape = 'map';
  type.atomic = schema['x-kubernetes-map-type'] === 'atomic';
  const properties = Object.entries(schema.properties ?? {});
  type.fields = new Map(properties.map(([name, field]) => [name, buildType(field, build)]));
  const rest = schema.additionalProperties;
  if (typeof rest === 'object') type.element = buildType(rest, build);
  else if (rest === true || schema['x-kubernetes-preserve-unknown-fields'] === true) type.element = anyType;
  else if (properties.length === 0) type.shape = 'any';
  if (schema['x-kubernetes-embedded-resource'] === true) {
    const meta = buildType(objectMetaSchema, build);
    const text = draft('scalar', 'string');
    type.fields = new Map([...type.fields, ['apiVersion', text], ['kind', text], ['metadata', meta]]);
  }
}

function keyDefaultsOf(schema: StructuralSchema, keys: readonly string[], build: Build): ReadonlyMap<string, unknown> {
  const item = schema.items?.$ref === undefined ? schema.items : build.schemas[schema.items.$ref];
  const found = keys.flatMap((key) => {
    const field = item?.properties?.[key];
    const value = field?.default ?? (item?.required?.includes(key) ? zeroKey(schema, field) : undefined);
    return value === undefined ? [] : [[key, value] as const];
  });
  return found.length === 0 ? noDefaults : new Map(found);
}

/** Go's types have required keys always, as text or number; custom resources may lack them. */
function zeroKey(list: StructuralSchema, field: StructuralSchema | undefined): unknown {
  if (list.items?.$ref === undefined) return undefined;
  return field?.type === 'integer' ? 0 : '';
}

function withObjectFields(schema: StructuralSchema): StructuralSchema {
  const text = { type: 'string' };
  const properties = { ...schema.properties, apiVersion: text, kind: text, metadata: objectMetaSchema };
  return { ...schema, type: 'object', properties };
}

function strategies(schema: StructuralSchema): readonly string[] {
  return schema['x-kubernetes-patch-strategy']?.split(',') ?? none;
}

/** Built-in quantities and times accept any scalar; custom resources are checked by their own schema. */
function loose(schema: StructuralSchema, build: Build): boolean {
  const format = schema.format;
  return build.types.size > 0 && (format === 'date-time' || format === 'quantity' || format === 'int-or-string');
}

function scalarOf(type: string): ScalarType {
  if (type === 'integer' || type === 'number') return 'number';
  return type === 'string' || type === 'boolean' ? type : 'any';
}

function draft(shape: FieldType['shape'], scalar: ScalarType = 'any'): Draft {
  return {
    shape,
    scalar,
    atomic: false,
    fields: noFields,
    element: undefined,
    listType: 'atomic',
    keys: none,
    keyDefaults: noDefaults,
    patchStrategies: none,
    patchMergeKey: undefined,
    name: undefined,
  };
}
