import { apiVersionOf, parseApiVersion } from '@croft/api/kind';
import type { Resource, Subresource } from '@croft/api/resource';

type Json = Record<string, unknown>;
type SchemaName = (apiVersion: string, kind: string) => string;

const query = (name: string, type: string, description: string) => ({
  name,
  in: 'query',
  description,
  schema: { type, uniqueItems: true },
});

const pretty = query('pretty', 'string', 'Indents the answer.');
const writeOptions = [
  query('dryRun', 'string', 'All: the request is checked and answered, but nothing is kept.'),
  query('fieldManager', 'string', 'Who owns the fields that the request sets.'),
  query('fieldValidation', 'string', 'What unknown or repeated fields lead to: Ignore, Warn or Strict.'),
];
const force = query('force', 'boolean', 'Takes over fields that others own, in a server-side apply.');
const listOptions = [
  query('labelSelector', 'string', 'Which labels the objects have.'),
  query('fieldSelector', 'string', 'Which fields the objects have.'),
  query('limit', 'integer', 'How many objects an answer has at most.'),
  query('continue', 'string', 'Where an earlier answer ended.'),
  query('resourceVersion', 'string', 'The state that is asked for.'),
  query('resourceVersionMatch', 'string', 'How resourceVersion is meant.'),
  query('timeoutSeconds', 'integer', 'When a watch ends.'),
  query('watch', 'boolean', 'Goes on with changes as they come.'),
  query('allowWatchBookmarks', 'boolean', 'Tells now and then how far a watch has come.'),
  query('sendInitialEvents', 'boolean', 'Begins a watch with what stands.'),
];
const deleteOptions = [
  query('dryRun', 'string', 'All: nothing is deleted.'),
  query('gracePeriodSeconds', 'integer', 'How long the object may take to end.'),
  query('propagationPolicy', 'string', 'What becomes of dependents: Orphan, Background or Foreground.'),
];

const inPath = (name: string) => ({ name, in: 'path', required: true, schema: { type: 'string', uniqueItems: true } });

const patchTypes = [
  'application/apply-patch+yaml',
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
];

/** The paths of one resource and its subresources. */
export function openApiPaths(resource: Resource, nameOf: SchemaName): Json {
  const { group, version, plural, namespaced } = resource;
  const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  const collection = namespaced ? `${root}/namespaces/{namespace}/${plural}` : `${root}/${plural}`;
  const scope = namespaced ? [inPath('namespace')] : [];
  const paths: Json = {
    [collection]: collectionPath(resource, nameOf, scope),
    [`${collection}/{name}`]: objectPath(resource, nameOf, [inPath('name'), ...scope]),
  };
  if (namespaced && resource.verbs.includes('list')) {
    paths[`${root}/${plural}`] = {
      get: operation(resource, 'list', listOptions, schemaOf(resource, nameOf, 'List')),
      parameters: [pretty],
    };
  }
  for (const sub of resource.subresources) {
    const path = `${collection}/{name}/${sub.name}`;
    paths[path] = subresourcePath(resource, sub, nameOf, [inPath('name'), ...scope]);
  }
  return Object.fromEntries(Object.entries(paths).filter(([, path]) => Object.keys(path as Json).length > 1));
}

function schemaOf(resource: Resource, nameOf: SchemaName, suffix = ''): Json {
  return { $ref: `#/components/schemas/${nameOf(apiVersionOf(resource), resource.kind + suffix)}` };
}

function collectionPath(resource: Resource, nameOf: SchemaName, scope: Json[]): Json {
  const has = (verb: string) => resource.verbs.includes(verb);
  const own = schemaOf(resource, nameOf);
  return {
    ...(has('list') ? { get: operation(resource, 'list', listOptions, schemaOf(resource, nameOf, 'List')) } : {}),
    ...(has('create') ? { post: operation(resource, 'post', writeOptions, own, own) } : {}),
    ...(has('deletecollection')
      ? { delete: operation(resource, 'deletecollection', [...deleteOptions, ...listOptions], statusSchema) }
      : {}),
    parameters: [...scope, pretty],
  };
}

const statusSchema = { $ref: '#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.Status' };

function objectPath(resource: Resource, nameOf: SchemaName, parameters: Json[]): Json {
  return {
    ...objectOperations(resource, resource.verbs, schemaOf(resource, nameOf)),
    parameters: [...parameters, pretty],
  };
}

function subresourcePath(resource: Resource, sub: Subresource, nameOf: SchemaName, parameters: Json[]): Json {
  const apiVersion = sub.apiVersion ?? apiVersionOf(resource);
  const target = { ...parseApiVersion(apiVersion), kind: sub.kind };
  const schema = { $ref: `#/components/schemas/${nameOf(apiVersion, sub.kind)}` };
  const create = sub.verbs.includes('create') ? { post: operation(target, 'post', writeOptions, schema, schema) } : {};
  return {
    ...objectOperations(target, sub.verbs, schema),
    ...create,
    parameters: [...parameters, pretty],
  };
}

type Target = Pick<Resource, 'group' | 'version' | 'kind'>;

function objectOperations(target: Target, verbs: readonly string[], schema: Json): Json {
  const has = (verb: string) => verbs.includes(verb);
  return {
    ...(has('get') ? { get: operation(target, 'get', [], schema) } : {}),
    ...(has('update') ? { put: operation(target, 'put', writeOptions, schema, schema) } : {}),
    ...(has('delete') ? { delete: operation(target, 'delete', deleteOptions, statusSchema) } : {}),
    ...(has('patch')
      ? { patch: operation(target, 'patch', [...writeOptions, force], schema, { type: 'object' }, patchTypes) }
      : {}),
  };
}

function operation(
  { group, version, kind }: Target,
  action: string,
  parameters: readonly Json[],
  answer: Json,
  body?: Json,
  bodyTypes: readonly string[] = ['application/json', 'application/yaml'],
): Json {
  const requestBody = {
    content: Object.fromEntries(bodyTypes.map((type) => [type, { schema: body }])),
    required: true,
  };
  return {
    parameters,
    ...(body === undefined ? {} : { requestBody }),
    responses: {
      '200': { description: 'OK', content: { 'application/json': { schema: answer } } },
      '401': { description: 'Unauthorized' },
    },
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': { group, kind, version },
  };
}
