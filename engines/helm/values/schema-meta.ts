import type { JsonObject } from '@croft/foundation/json';
import type { Schema, SchemaDocument } from './schema-document.ts';

/** What JSON Schema asks of schemas themselves, draft by draft, as far as values can break it. */

const text = { type: 'string' };
const flag = { type: 'boolean' };
const number = { type: 'number' };
const link = { type: 'string', format: 'uri-reference' };
const address = { type: 'string', format: 'uri' };
const list = { type: 'array' };
const shared = (name: string): JsonObject => ({ $ref: `#/definitions/${name}` });
const either = (...choices: Schema[]): JsonObject => ({ anyOf: choices });
const tableOf = (of: Schema): JsonObject => ({ type: 'object', additionalProperties: of });

function each(names: string, schema: Schema): Record<string, Schema> {
  return Object.fromEntries(names.split(' ').map((name) => [name, schema]));
}

/** A schema, by the way in which each draft refers to itself. */
function itself(draft: number): JsonObject {
  if (draft < 2019) return { $ref: '#' };
  return draft === 2019 ? { $recursiveRef: '#' } : { $dynamicRef: '#meta' };
}

function definitions(draft: number): Record<string, Schema> {
  const names = { type: 'array', items: text, uniqueItems: true };
  const withDefault = draft < 2019 ? { allOf: [shared('count'), { default: 0 }] } : shared('count');
  return {
    schemas: { type: 'array', minItems: 1, items: itself(draft) },
    count: { type: 'integer', minimum: 0 },
    countFrom0: withDefault,
    kind: { enum: ['array', 'boolean', 'integer', 'null', 'number', 'object', 'string'] },
    names: draft === 4 ? { ...names, minItems: 1 } : names,
  };
}

function core(draft: number): Record<string, Schema> {
  if (draft < 2019) return { [draft === 4 ? 'id' : '$id']: link, $schema: address, $ref: draft === 4 ? text : link };
  const anchor = { ...text, pattern: draft === 2019 ? '^[A-Za-z][-A-Za-z0-9.:_]*$' : '^[A-Za-z_][-A-Za-z0-9._]*$' };
  return {
    $id: { ...link, pattern: '^[^#]*#?$' },
    $schema: address,
    ...each('$ref $recursiveRef $dynamicRef', link),
    ...each('$anchor $dynamicAnchor', anchor),
    $comment: text,
    $vocabulary: { ...tableOf(flag), propertyNames: address },
    $defs: tableOf(itself(draft)),
  };
}

function applicators(draft: number): Record<string, Schema> {
  const schema = itself(draft);
  const table = tableOf(schema);
  const orFlag = draft === 4 ? either(flag, schema) : schema;
  return {
    ...(draft >= 2020 ? { prefixItems: shared('schemas') } : { additionalItems: orFlag }),
    items: draft >= 2020 ? schema : either(schema, shared('schemas')),
    additionalProperties: orFlag,
    properties: table,
    patternProperties: draft >= 7 ? { ...table, propertyNames: { format: 'regex' } } : table,
    ...each('allOf anyOf oneOf', shared('schemas')),
    not: schema,
    ...(draft >= 6 ? each('contains propertyNames', schema) : {}),
    ...(draft >= 7 ? each('if then else', schema) : {}),
    ...(draft >= 2019 ? { dependentSchemas: table, ...each('unevaluatedItems unevaluatedProperties', schema) } : {}),
  };
}

function validation(draft: number): Record<string, Schema> {
  const isOld = draft === 4;
  const choices = draft < 2019 ? { ...list, minItems: 1, uniqueItems: true } : list;
  return {
    multipleOf: isOld ? { ...number, minimum: 0, exclusiveMinimum: true } : { ...number, exclusiveMinimum: 0 },
    ...each('maximum minimum', number),
    ...each('exclusiveMaximum exclusiveMinimum', isOld ? flag : number),
    ...each('maxLength maxItems maxProperties', shared('count')),
    ...each('minLength minItems minProperties', shared('countFrom0')),
    pattern: { ...text, format: 'regex' },
    uniqueItems: flag,
    required: shared('names'),
    enum: choices,
    type: either(shared('kind'), { ...list, items: shared('kind'), minItems: 1, uniqueItems: true }),
    ...(draft >= 2019
      ? { ...each('maxContains minContains', shared('count')), dependentRequired: tableOf(shared('names')) }
      : {}),
  };
}

function annotations(draft: number): Record<string, Schema> {
  return {
    ...each('title description', text),
    ...(draft >= 7 ? { ...each('readOnly writeOnly', flag), examples: list } : {}),
    ...(draft >= 2019 ? { deprecated: flag } : {}),
    ...(draft === 7 ? { $comment: text } : {}),
  };
}

function contents(draft: number): Record<string, Schema> {
  if (draft < 7) return {};
  return {
    ...each('contentEncoding contentMediaType', text),
    ...(draft >= 2019 ? { contentSchema: itself(draft) } : {}),
  };
}

function older(draft: number): Record<string, Schema> {
  const schema = itself(draft);
  return { definitions: tableOf(schema), dependencies: tableOf(either(schema, shared('names'))) };
}

/** Drafts since 2019 ask by groups, which errors show. Without `inGroups` the same is asked at once, which is sooner done. */
function createMeta(draft: number, inGroups: boolean): SchemaDocument {
  const groups = [core, applicators, validation, annotations, () => ({ format: text }), contents];
  const kinds = draft === 4 ? 'object' : ['object', 'boolean'];
  const parts = groups.map((group) => ({ type: kinds, properties: group(draft) }));
  const root: JsonObject = { type: kinds, definitions: definitions(draft) };
  if (draft >= 2019) root.$dynamicAnchor = 'meta';
  if (draft >= 2019 && inGroups) {
    root.allOf = parts.map((_, i) => shared(`part${i}`));
    root.definitions = { ...definitions(draft), ...Object.fromEntries(parts.map((part, i) => [`part${i}`, part])) };
    root.properties = older(draft);
  } else {
    root.properties = Object.assign({}, ...parts.map(({ properties }) => properties), older(draft));
    if (draft === 4) root.dependencies = { exclusiveMaximum: ['maximum'], exclusiveMinimum: ['minimum'] };
  }
  return { root, draft, checksFormats: true, referenced: new Map() };
}

const metas = new Map<string, SchemaDocument>();

/** The schema that schemas of a draft must fit. */
export function metaSchema(draft: number, { inGroups }: { inGroups: boolean }): SchemaDocument {
  const id = `${draft} ${inGroups}`;
  const known = metas.get(id) ?? createMeta(draft, inGroups);
  metas.set(id, known);
  return known;
}

export function metaSchemaUrl(draft: number): string {
  return draft < 2019
    ? `http://json-schema.org/draft-0${draft}/schema#`
    : `https://json-schema.org/draft/${draft === 2019 ? '2019-09' : '2020-12'}/schema#`;
}
