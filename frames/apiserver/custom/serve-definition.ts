import type { UnknownObject } from '@croft/api/object';
import type { Resource, Subresource } from '@croft/api/resource';
import { storageVersionHash } from '@croft/api/resources';
import { applyDefaults } from '@croft/schema/defaults';
import { parseStructuralSchema } from '@croft/schema/parse-schema';
import { pruneUnknown } from '@croft/schema/prune';
import type { StructuralSchema } from '@croft/schema/structural-schema';
import { type ServedResource, serveResource } from '../served-resource.ts';
import { customRules } from './custom-rules.ts';
import { compareVersions, type Definition, isTrue, type Version } from './definition.ts';

const verbs = ['delete', 'deletecollection', 'get', 'list', 'patch', 'create', 'update', 'watch'];
const partVerbs = ['get', 'patch', 'update'];

/** What an established definition adds to the API: a resource for each served version. `revision` is that of its creation. */
export function serveDefinition(definition: Definition, revision: number): ServedResource[] {
  if (!isTrue(definition, 'Established')) return [];
  const { group, versions } = definition.spec;
  const schemas = new Map(versions.map((version) => [`${group}/${version.name}`, schemaOf(version)]));
  return versions
    .filter(({ served }) => served)
    .sort((left, right) => compareVersions(left.name, right.name))
    .map((version) => serveVersion(definition, version, schemas, revision));
}

function schemaOf(version: Version): StructuralSchema {
  return parseStructuralSchema(version.schema?.openAPIV3Schema ?? {}, '').schema;
}

type SchemasByVersion = ReadonlyMap<string, StructuralSchema>;

function serveVersion(
  definition: Definition,
  version: Version,
  schemas: SchemasByVersion,
  firstRevision: number,
): ServedResource {
  const { group, versions, names } = definition.spec;
  const apiVersion = `${group}/${version.name}`;
  const storage = `${group}/${versions.find((candidate) => candidate.storage)?.name ?? version.name}`;
  const schema = schemas.get(apiVersion) ?? {};
  const listKind = definition.status?.acceptedNames?.listKind ?? names.listKind;
  const deprecation = deprecationOf(definition, version);
  return serveResource(
    resourceOf(definition, version, storage),
    customRules(definition.metadata?.name ?? '', version, schema),
    {
      custom: true,
      firstRevision,
      convert: (stored) => convert(withStoredDefaults(stored, schemas), apiVersion, schemas),
      toStored: (object) => convert(object, storage, schemas),
      ...(listKind === undefined ? {} : { listKind }),
      ...(version.subresources?.scale === undefined ? {} : { scale: version.subresources.scale }),
      ...(deprecation === undefined ? {} : { deprecation }),
      ...(isTrue(definition, 'Terminating') ? { terminating: true } : {}),
    },
  );
}

/** Objects get the defaults of the version they were stored in each time they are read. */
function withStoredDefaults(stored: UnknownObject, schemas: SchemasByVersion): UnknownObject {
  const schema = schemas.get(stored.apiVersion ?? '');
  return schema === undefined ? stored : applyDefaults(stored, schema);
}

/** Conversion `None`: another apiVersion, without the fields that the other schema does not have. */
function convert(object: UnknownObject, apiVersion: string, schemas: SchemasByVersion): UnknownObject {
  if (object.apiVersion === apiVersion) return object;
  return pruneUnknown({ ...object, apiVersion }, schemas.get(apiVersion) ?? {}).value;
}

function resourceOf({ spec, status }: Definition, version: Version, storage: string): Resource {
  const names = status?.acceptedNames ?? spec.names;
  const { group, scope } = spec;
  return {
    group,
    version: version.name,
    kind: names.kind,
    plural: names.plural,
    singular: names.singular ?? names.kind.toLowerCase(),
    shortNames: names.shortNames ?? [],
    categories: names.categories ?? [],
    namespaced: scope === 'Namespaced',
    verbs,
    subresources: subresourcesOf(version, names.kind),
    storageVersionHash: storageVersionHash(storage, names.kind),
  };
}

function subresourcesOf({ subresources }: Version, kind: string): Subresource[] {
  const { status, scale } = subresources ?? {};
  return [
    ...(status === undefined ? [] : [{ name: 'status', kind, verbs: partVerbs }]),
    ...(scale === undefined ? [] : [{ name: 'scale', kind: 'Scale', verbs: partVerbs, apiVersion: 'autoscaling/v1' }]),
  ];
}

function deprecationOf({ spec }: Definition, version: Version): string | undefined {
  if (version.deprecated !== true) return undefined;
  if (version.deprecationWarning !== undefined) return version.deprecationWarning;
  const { group, names, versions } = spec;
  const better = versions
    .filter(({ served, deprecated, name }) => served && deprecated !== true && compareVersions(name, version.name) < 0)
    .sort((left, right) => compareVersions(left.name, right.name))[0];
  const hint = better === undefined ? '' : `; use ${group}/${better.name} ${names.kind}`;
  return `${group}/${version.name} ${names.kind} is deprecated${hint}`;
}
