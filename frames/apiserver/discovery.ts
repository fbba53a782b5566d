import { apiVersionOf } from '@croft/api/kind';
import type { Resource, Subresource } from '@croft/api/resource';
import { compareVersions } from './custom/definition.ts';
import { methodNotAllowed, unknownResource } from './failures.ts';
import type { Call } from './handle.ts';
import { negotiate, type Representation } from './negotiate.ts';
import { respondText } from './output.ts';
import type { ApiResponse } from './request.ts';
import type { ResourceTable } from './resource-table.ts';

const aggregatedType = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

/** What is served, under /api and /apis; undefined for other paths. */
export function createDiscovery(resources: ResourceTable): (call: Call) => ApiResponse | undefined {
  let revision = -1;
  const texts = new Map<string, string | undefined>();
  const cached = (key: string, render: () => unknown): string | undefined => {
    if (revision !== resources.revision) {
      texts.clear();
      revision = resources.revision;
    }
    if (!texts.has(key)) {
      const value = render();
      texts.set(key, value === undefined ? undefined : JSON.stringify(value));
    }
    return texts.get(key);
  };

  return ({ request, info }) => {
    const parts = info.path.split('/').filter((part) => part !== '');
    const [root, group = '', version = ''] = parts;
    if (root !== 'api' && root !== 'apis') return undefined;
    if (parts.length > (root === 'api' ? 2 : 3)) return undefined;
    const accept = request.header('accept');
    if (request.method !== 'GET') throw methodNotAllowed();
    if (parts.length === 1) {
      const form = negotiate(accept);
      return root === 'api'
        ? respondRoot(cached, form, request.header('host'), resources)
        : respondGroups(cached, form, resources);
    }
    if (root === 'apis' && parts.length === 2) {
      const text = cached(`group ${group}`, () => renderGroup(resources, group));
      return text === undefined ? undefined : respondText(200, text, negotiate(accept));
    }
    const ofGroup = root === 'api' ? '' : group;
    const ofVersion = root === 'api' ? group : version;
    const text = cached(`version ${ofGroup}/${ofVersion}`, () => renderResourceList(resources, ofGroup, ofVersion));
    if (text !== undefined) return respondText(200, text, negotiate(accept));
    if (root === 'api' || resources.hasGroup(ofGroup)) throw unknownResource();
    return undefined;
  };
}

type Cached = (key: string, render: () => unknown) => string | undefined;

function respondRoot(
  cached: Cached,
  form: Representation,
  host: string | undefined,
  resources: ResourceTable,
): ApiResponse {
  if (form.as === 'APIGroupDiscoveryList')
    return aggregated(cached('aggregated api', () => renderAggregated(resources, true)));
  const serverAddressByClientCIDRs = [{ clientCIDR: '0.0.0.0/0', serverAddress: host ?? '' }];
  return respondText(200, JSON.stringify({ kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs }), form);
}

function respondGroups(cached: Cached, form: Representation, resources: ResourceTable): ApiResponse {
  if (form.as === 'APIGroupDiscoveryList')
    return aggregated(cached('aggregated apis', () => renderAggregated(resources, false)));
  const text = cached('groups', () => ({
    kind: 'APIGroupList',
    apiVersion: 'v1',
    groups: groupNames(resources).map((group) => groupOf(resources, group)),
  }));
  return respondText(200, text ?? '', form);
}

const aggregated = (text: string | undefined): ApiResponse => ({
  status: 200,
  headers: { 'content-type': aggregatedType },
  body: text ?? '',
});

function groupNames(resources: ResourceTable): string[] {
  return [...new Set(resources.all().map(({ resource }) => resource.group))].filter((group) => group !== '');
}

/** The versions of a group, of whichever kinds, the preferred one first. */
function versionsOf(resources: ResourceTable, group: string): string[] {
  const versions = resources.all().filter(({ resource }) => resource.group === group);
  return [...new Set(versions.map(({ resource }) => resource.version))].sort(compareVersions);
}

function groupOf(resources: ResourceTable, group: string) {
  const versions = versionsOf(resources, group).map((version) => ({ groupVersion: `${group}/${version}`, version }));
  return { name: group, versions, preferredVersion: versions[0] };
}

function renderGroup(resources: ResourceTable, group: string): unknown {
  return resources.hasGroup(group) ? { kind: 'APIGroup', apiVersion: 'v1', ...groupOf(resources, group) } : undefined;
}

function resourcesOf(resources: ResourceTable, group: string, version: string): Resource[] {
  return resources
    .all()
    .map(({ resource }) => resource)
    .filter((resource) => resource.group === group && resource.version === version);
}

function renderResourceList(resources: ResourceTable, group: string, version: string): unknown {
  const listed = resourcesOf(resources, group, version);
  const first = listed[0];
  if (first === undefined) return undefined;
  return {
    kind: 'APIResourceList',
    ...(group === '' ? {} : { apiVersion: 'v1' }),
    groupVersion: apiVersionOf(first),
    resources: listed.flatMap((resource) => [
      renderResource(resource),
      ...resource.subresources.map((sub) => renderSubresource(resource, sub)),
    ]),
  };
}

function renderResource(resource: Resource) {
  const { plural, singular, namespaced, kind, verbs, shortNames, categories, storageVersionHash } = resource;
  return {
    name: plural,
    singularName: singular,
    namespaced,
    kind,
    verbs,
    ...(shortNames.length === 0 ? {} : { shortNames }),
    ...(categories.length === 0 ? {} : { categories }),
    ...(storageVersionHash === undefined ? {} : { storageVersionHash }),
  };
}

function renderSubresource(resource: Resource, { name, kind, verbs, apiVersion }: Subresource) {
  return {
    name: `${resource.plural}/${name}`,
    singularName: '',
    namespaced: resource.namespaced,
    ...(apiVersion === undefined ? {} : splitVersion(apiVersion)),
    kind,
    verbs,
  };
}

function splitVersion(apiVersion: string) {
  const [group = '', version = ''] = apiVersion.split('/');
  return { group, version };
}

function renderAggregated(resources: ResourceTable, core: boolean) {
  const groups = core ? [''] : groupNames(resources);
  return {
    kind: 'APIGroupDiscoveryList',
    apiVersion: 'apidiscovery.k8s.io/v2',
    metadata: {},
    items: groups.map((group) => ({
      metadata: group === '' ? {} : { name: group },
      versions: versionsOf(resources, group).map((version) => ({
        version,
        resources: resourcesOf(resources, group, version).map(renderAggregatedResource),
        freshness: 'Current',
      })),
    })),
  };
}

function renderAggregatedResource(resource: Resource) {
  const { plural, singular, namespaced, kind, verbs, shortNames, categories, subresources } = resource;
  const responseKind = { group: '', version: '', kind };
  return {
    resource: plural,
    responseKind,
    scope: namespaced ? 'Namespaced' : 'Cluster',
    singularResource: singular,
    verbs,
    ...(shortNames.length === 0 ? {} : { shortNames }),
    ...(categories.length === 0 ? {} : { categories }),
    ...(subresources.length === 0 ? {} : { subresources: subresources.map(renderAggregatedSubresource) }),
  };
}

function renderAggregatedSubresource({ name, kind, verbs, apiVersion }: Subresource) {
  const responseKind = { ...(apiVersion === undefined ? { group: '', version: '' } : splitVersion(apiVersion)), kind };
  return { subresource: name, responseKind, verbs };
}
