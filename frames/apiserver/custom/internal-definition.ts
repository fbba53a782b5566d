import { isJsonObject } from '@croft/foundation/json';
import type { Version } from './definition.ts';

// Some errors show versions and schemas in the form that the API server keeps in memory: fields by their Go names, in
// the order of the Go types, none left out (apiextensions types.go, types_jsonschema.go).

const zeros: Readonly<Record<string, unknown>> = { text: '', flag: false, pointer: null };

/** Go name, name in JSON, and what stands there when it is left out. */
const schemaFields = `
  ID id text, Schema $schema text, Ref $ref pointer, Description description text, Type type text,
  Nullable nullable flag, Format format text, Title title text, Default default pointer, Maximum maximum pointer,
  ExclusiveMaximum exclusiveMaximum flag, Minimum minimum pointer, ExclusiveMinimum exclusiveMinimum flag,
  MaxLength maxLength pointer, MinLength minLength pointer, Pattern pattern text, MaxItems maxItems pointer,
  MinItems minItems pointer, UniqueItems uniqueItems flag, MultipleOf multipleOf pointer, Enum enum pointer,
  MaxProperties maxProperties pointer, MinProperties minProperties pointer, Required required pointer,
  Items items items, AllOf allOf schemas, OneOf oneOf schemas, AnyOf anyOf schemas, Not not schema,
  Properties properties map, AdditionalProperties additionalProperties rest, PatternProperties patternProperties map,
  Dependencies dependencies pointer, AdditionalItems additionalItems rest, Definitions definitions map,
  ExternalDocs externalDocs pointer, Example example pointer,
  XPreserveUnknownFields x-kubernetes-preserve-unknown-fields pointer,
  XEmbeddedResource x-kubernetes-embedded-resource flag, XIntOrString x-kubernetes-int-or-string flag,
  XListMapKeys x-kubernetes-list-map-keys pointer, XListType x-kubernetes-list-type pointer,
  XMapType x-kubernetes-map-type pointer, XValidations x-kubernetes-validations rules`
  .split(',')
  .map((field) => field.trim().split(' ') as [string, string, string]);

const ruleFields = [
  ['Rule', 'rule', ''],
  ['Message', 'message', ''],
  ['MessageExpression', 'messageExpression', ''],
  ['Reason', 'reason', null],
  ['FieldPath', 'fieldPath', ''],
  ['OptionalOldSelf', 'optionalOldSelf', null],
] as const;

export function internalSchema(schema: unknown): unknown {
  if (!isJsonObject(schema)) return null;
  return Object.fromEntries(schemaFields.map(([name, key, sort]) => [name, internalPart(sort, schema[key])]));
}

function internalPart(sort: string, value: unknown): unknown {
  if (sort in zeros) return value ?? zeros[sort];
  if (value === undefined || value === null) return null;
  if (sort === 'schema') return internalSchema(value);
  if (sort === 'schemas') return (value as unknown[]).map(internalSchema);
  if (sort === 'rules') return (value as Record<string, unknown>[]).map(internalRule);
  if (sort === 'rest') return typeof value === 'boolean' ? { Allows: value, Schema: null } : allowing(value);
  if (sort === 'items') {
    return Array.isArray(value)
      ? { Schema: null, JSONSchemas: value.map(internalSchema) }
      : { Schema: internalSchema(value), JSONSchemas: null };
  }
  const entries = Object.entries(value as object).sort(([left], [right]) => (left < right ? -1 : 1));
  return Object.fromEntries(entries.map(([key, part]) => [key, internalSchema(part)]));
}

const allowing = (schema: unknown) => ({ Allows: true, Schema: internalSchema(schema) });

function internalRule(rule: Record<string, unknown>) {
  return Object.fromEntries(ruleFields.map(([name, key, zero]) => [name, rule[key] ?? zero]));
}

/** What all versions say alike is not kept with each of them; `common` names it. */
export function internalVersions(versions: readonly Version[], common: ReadonlySet<keyof Version>): unknown {
  return versions.map((version) => {
    const own = <K extends keyof Version>(key: K): Version[K] =>
      (common.has(key) ? undefined : version[key]) as Version[K];
    const schema = own('schema');
    const subresources = own('subresources');
    return {
      Name: version.name,
      Served: version.served,
      Storage: version.storage,
      Deprecated: version.deprecated ?? false,
      DeprecationWarning: version.deprecationWarning ?? null,
      Schema: schema === undefined ? null : { OpenAPIV3Schema: internalSchema(schema.openAPIV3Schema) },
      Subresources: subresources ? internalSubresources(subresources) : null,
      AdditionalPrinterColumns: own('additionalPrinterColumns')?.map(internalColumn) ?? null,
      SelectableFields: own('selectableFields')?.map(({ jsonPath }) => ({ JSONPath: jsonPath })) ?? null,
    };
  });
}

function internalSubresources({ status, scale }: NonNullable<Version['subresources']>) {
  const { specReplicasPath, statusReplicasPath, labelSelectorPath } = scale ?? {};
  return {
    Status: status ?? null,
    Scale: scale
      ? {
          SpecReplicasPath: specReplicasPath ?? '',
          StatusReplicasPath: statusReplicasPath ?? '',
          LabelSelectorPath: labelSelectorPath ?? null,
        }
      : null,
  };
}

function internalColumn({ name, type, format, description, priority, jsonPath }: Column) {
  return {
    Name: name,
    Type: type,
    Format: format ?? '',
    Description: description ?? '',
    Priority: priority ?? 0,
    JSONPath: jsonPath,
  };
}

type Column = NonNullable<Version['additionalPrinterColumns']>[number];
