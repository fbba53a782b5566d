import { createHash } from 'node:crypto';
import { openDescriptions } from '@croft/api/descriptions';
import { apiVersionOf } from '@croft/api/kind';
import { findOpenApiSchema, openApiSchemaNames } from '@croft/api/openapi-schema';
import type { Resource } from '@croft/api/resource';
import { definitionNameOf, groupOfShort, openApiNameOf } from '@croft/api/schemas';
import { withDescription } from './openapi-described.ts';
import { openApiPaths } from './openapi-paths.ts';

/** What the documents need of a resource. `schema` is its OpenAPI name; a custom resource brings the schema itself. */
export interface DescribedResource {
  readonly resource: Resource;
  readonly custom?: object;
}

type Json = Record<string, unknown>;

const info = { title: 'Kubernetes', version: 'v1.36.2' };

/** `api/v1`, or `apis/apps/v1`: where a group's version is served and described. */
export function groupPath(resource: Resource): string {
  return resource.group === '' ? `api/${resource.version}` : `apis/${apiVersionOf(resource)}`;
}

/** The index of all documents: each address holds a hash that changes with what the document says. */
export function renderOpenApiIndex(described: readonly DescribedResource[]): Json {
  const groups = Map.groupBy(described, ({ resource }) => groupPath(resource));
  const roots = new Set(['api', 'apis', 'version']);
  for (const path of groups.keys()) if (path.split('/').length === 3) roots.add(path.slice(0, path.lastIndexOf('/')));
  const paths = [...roots].map((path): [string, string] => [path, hashOf([path, info])]);
  for (const [path, resources] of groups) paths.push([path, hashOf([path, info, resources])]);
  paths.sort(([left], [right]) => (left < right ? -1 : 1));
  return {
    paths: Object.fromEntries(
      paths.map(([path, hash]) => [path, { serverRelativeURL: `/openapi/v3/${path}?hash=${hash}` }]),
    ),
  };
}

function hashOf(value: unknown): string {
  return createHash('sha512').update(JSON.stringify(value)).digest('hex').toUpperCase();
}

/** The document of one group's version: its paths, and all schemas that they need. */
export function renderOpenApiDocument(described: readonly DescribedResource[]): Json {
  const schemas: Json = {};
  const findDescription = openDescriptions();
  const add = (name: string) => {
    if (schemas[name] !== undefined) return;
    const schema = findOpenApiSchema(name);
    if (schema === undefined) return;
    const pointing = withKinds(name, pointed(schema, '#/components/schemas/'));
    schemas[name] = withDescription(pointing, findDescription(name));
    for (const [, ref = ''] of JSON.stringify(schema).matchAll(/"\$ref":"([^"]+)"/g)) add(ref);
  };
  for (const { resource, custom } of described) {
    if (custom !== undefined) addCustom(schemas, resource, custom, add, findDescription);
    else for (const name of schemaNamesOf(resource)) add(name);
  }
  for (const name of ['DeleteOptions', 'Status']) add(openApiNameOf(`meta.v1.${name}`));
  return {
    openapi: '3.0.0',
    info,
    paths: Object.assign({}, ...described.map(({ resource }) => openApiPaths(resource, schemaNameOf))) as Json,
    components: {
      schemas,
      securitySchemes: {
        BearerToken: {
          type: 'apiKey',
          description: 'Bearer Token authentication',
          name: 'authorization',
          in: 'header',
        },
      },
    },
  };
}

/** Swagger 2.0: the definitions alone, for clients that look types up. */
export function renderSwagger(): Json {
  const definitions = openApiSchemaNames().map((name): [string, unknown] => [
    name,
    withKinds(name, pointed(findOpenApiSchema(name) ?? {}, '#/definitions/')),
  ]);
  return { swagger: '2.0', info, paths: {}, definitions: Object.fromEntries(definitions) };
}

function schemaNamesOf(resource: Resource): string[] {
  const own = [resource.kind, `${resource.kind}List`].map((kind) => schemaNameOf(apiVersionOf(resource), kind));
  const others = resource.subresources.map(({ kind, apiVersion }) =>
    schemaNameOf(apiVersion ?? apiVersionOf(resource), kind),
  );
  return [...own, ...others];
}

/** `io.k8s.api.apps.v1.Deployment`; `com.example.v1.Widget` for what is not built in. */
function schemaNameOf(apiVersion: string, kind: string): string {
  const builtIn = openApiNameOf(definitionNameOf(apiVersion, kind));
  if (findOpenApiSchema(builtIn) !== undefined) return builtIn;
  const [group = '', version = ''] = apiVersion.split('/');
  return `${group.split('.').reverse().join('.')}.${version}.${kind}`;
}

/** References as a document writes them. */
function pointed(schema: object, base: string): Json {
  return JSON.parse(JSON.stringify(schema).replaceAll('"$ref":"', `"$ref":"${base}`)) as Json;
}

const kindsByName = new Map<string, Json[]>();

/** Marks the schema of a kind as such. */
function withKinds(name: string, schema: Json): Json {
  const kinds = kindsByName.get(name) ?? kindsOf(name, schema);
  kindsByName.set(name, kinds);
  return kinds.length === 0 ? schema : { ...schema, 'x-kubernetes-group-version-kind': kinds };
}

function kindsOf(name: string, schema: Json): Json[] {
  const properties = (schema.properties ?? {}) as Json;
  if (properties.kind === undefined || properties.apiVersion === undefined) return [];
  if (properties.metadata === undefined && !name.endsWith('DeleteOptions')) return [];
  const [short = '', version = '', kind = ''] = name.split('.').slice(-3);
  return [{ group: short === 'meta' ? '' : groupOfShort(short), kind, version }];
}

/** The schema of a custom resource and of its list. */
function addCustom(
  schemas: Json,
  resource: Resource,
  custom: object,
  add: (name: string) => void,
  findDescription: ReturnType<typeof openDescriptions>,
): void {
  const { group, version, kind } = resource;
  const name = schemaNameOf(apiVersionOf(resource), kind);
  const [meta, listMeta] = [openApiNameOf('meta.v1.ObjectMeta'), openApiNameOf('meta.v1.ListMeta')];
  add(meta);
  add(listMeta);
  const common = findDescription(openApiNameOf('core.v1.ConfigMap'))?.fields;
  const text = (name: string) => ({ type: 'string', description: common?.get(name)?.text });
  const given = custom as { properties?: Json };
  schemas[name] = {
    ...given,
    properties: {
      ...given.properties,
      apiVersion: text('apiVersion'),
      kind: text('kind'),
      metadata: { description: common?.get('metadata')?.text, allOf: [{ $ref: `#/components/schemas/${meta}` }] },
    },
    'x-kubernetes-group-version-kind': [{ group, kind, version }],
  };
  schemas[`${name}List`] = {
    type: 'object',
    required: ['items'],
    properties: {
      apiVersion: text('apiVersion'),
      kind: text('kind'),
      metadata: { allOf: [{ $ref: `#/components/schemas/${listMeta}` }] },
      items: { type: 'array', items: { $ref: `#/components/schemas/${name}` } },
    },
    'x-kubernetes-group-version-kind': [{ group, kind: `${kind}List`, version }],
  };
}
