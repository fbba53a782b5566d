import {
  definitionNameOfOpenApi,
  definitionNames,
  findDefinition,
  openApiNameOf,
  type TypeDefinition,
} from './schemas.ts';
import type { FieldSpec, ScalarType } from './type-spec.ts';

/** The part of an OpenAPI v3 schema that the built-in types use. */
export interface OpenApiSchema {
  /** The name of another schema of the table: `io.k8s.api.core.v1.PodSpec`. */
  readonly $ref?: string;
  readonly allOf?: readonly OpenApiSchema[];
  readonly oneOf?: readonly OpenApiSchema[];
  readonly type?: string;
  readonly format?: string;
  readonly default?: unknown;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, OpenApiSchema>>;
  readonly items?: OpenApiSchema;
  readonly additionalProperties?: OpenApiSchema;
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean;
  readonly 'x-kubernetes-list-type'?: string;
  readonly 'x-kubernetes-list-map-keys'?: readonly string[];
  readonly 'x-kubernetes-map-type'?: string;
  readonly 'x-kubernetes-patch-strategy'?: string;
  readonly 'x-kubernetes-patch-merge-key'?: string;
}

const quantityName = 'io.k8s.apimachinery.pkg.api.resource.Quantity';
const intOrStringName = 'io.k8s.apimachinery.pkg.util.intstr.IntOrString';
const fieldsName = 'io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1';

const scalarSchemas: Readonly<Record<ScalarType, OpenApiSchema>> = {
  string: { type: 'string' },
  int32: { type: 'integer', format: 'int32' },
  int64: { type: 'integer', format: 'int64' },
  double: { type: 'number', format: 'double' },
  boolean: { type: 'boolean' },
  bytes: { type: 'string', format: 'byte' },
  time: { type: 'string', format: 'date-time' },
  microTime: { type: 'string', format: 'date-time' },
  quantity: { $ref: quantityName },
  intOrString: { $ref: intOrStringName },
  any: { 'x-kubernetes-preserve-unknown-fields': true },
};

const wellKnown: Readonly<Record<string, OpenApiSchema>> = {
  [quantityName]: { oneOf: [{ type: 'string' }, { type: 'number' }] },
  [intOrStringName]: { format: 'int-or-string', oneOf: [{ type: 'integer' }, { type: 'string' }] },
  [fieldsName]: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
};

const built = new Map<string, OpenApiSchema>();

/** The schema called `io.k8s.api.core.v1.PodSpec`, made at first need. */
export function findOpenApiSchema(name: string): OpenApiSchema | undefined {
  const known = built.get(name) ?? wellKnown[name];
  if (known !== undefined) return known;
  const definition = findDefinition(definitionNameOfOpenApi(name));
  if (definition === undefined || openApiNameOf(definition.name) !== name) return undefined;
  const schema = schemaOf(definition);
  built.set(name, schema);
  return schema;
}

export function openApiSchemaNames(): string[] {
  return [...definitionNames().map(openApiNameOf), ...Object.keys(wellKnown)];
}

/** All schemas of the built-in types by name; each is made when it is first looked at. */
export const builtInSchemas: Readonly<Record<string, OpenApiSchema>> = new Proxy<Record<string, OpenApiSchema>>(
  {},
  {
    get: (_, name) => (typeof name === 'string' ? findOpenApiSchema(name) : undefined),
    has: (_, name) => typeof name === 'string' && findOpenApiSchema(name) !== undefined,
  },
);

function schemaOf(definition: TypeDefinition): OpenApiSchema {
  const fields = [...definition.fields.values()];
  const required = fields.filter((field) => field.required).map((field) => field.name);
  return {
    type: 'object',
    ...(required.length === 0 ? {} : { required }),
    ...(fields.length === 0
      ? { 'x-kubernetes-preserve-unknown-fields': true }
      : { properties: Object.fromEntries(fields.map((field) => [field.name, fieldSchema(field)])) }),
    ...(definition.isAtomic ? { 'x-kubernetes-map-type': 'atomic' } : {}),
  };
}

function fieldSchema(field: FieldSpec): OpenApiSchema {
  const inner: OpenApiSchema =
    field.scalar === undefined ? { $ref: openApiNameOf(field.ref ?? '') } : scalarSchemas[field.scalar];
  const wrapped = field.containers
    .toReversed()
    .reduce<OpenApiSchema>(
      (schema, container) =>
        container === 'list' ? { type: 'array', items: schema } : { type: 'object', additionalProperties: schema },
      field.name === 'fieldsV1' ? { $ref: fieldsName } : inner,
    );
  const traits = traitsOf(field);
  if (Object.keys(traits).length === 0) return wrapped;
  return wrapped.$ref === undefined ? { ...wrapped, ...traits } : { allOf: [wrapped], ...traits };
}

function traitsOf(field: FieldSpec): OpenApiSchema {
  const listType = field.listKeys !== undefined ? 'map' : field.isSet ? 'set' : undefined;
  return {
    ...(field.default === undefined ? {} : { default: field.default }),
    ...(field.containers[0] === 'list' ? { 'x-kubernetes-list-type': listType ?? 'atomic' } : {}),
    ...(field.listKeys === undefined ? {} : { 'x-kubernetes-list-map-keys': field.listKeys }),
    ...(field.isAtomic ? { 'x-kubernetes-map-type': 'atomic' } : {}),
    ...(field.patchStrategy === '' ? {} : { 'x-kubernetes-patch-strategy': field.patchStrategy }),
    ...(field.mergeKey === undefined ? {} : { 'x-kubernetes-patch-merge-key': field.mergeKey }),
  };
}
