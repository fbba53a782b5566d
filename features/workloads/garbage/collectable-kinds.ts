import type { Kind } from '@croft/api/kind';
import type { Client } from '@croft/client/client';

interface DiscoveredResource {
  resource: string;
  scope: 'Namespaced' | 'Cluster';
  verbs: string[];
  responseKind: { kind: string };
}

interface DiscoveredGroups {
  items: { metadata: { name?: string }; versions: { version: string; resources?: DiscoveredResource[] }[] }[];
}

const aggregated = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json';

/** Events are many, own nothing and expire by themselves. */
const ignored = new Set(['events']);

/** All kinds whose objects can own others or be owned: each once, in the version that its group prefers. */
export async function fetchCollectableKinds(client: Client): Promise<Kind[]> {
  const paths = ['/api', '/apis'];
  const groups = await Promise.all(paths.map((path) => client.getPath<DiscoveredGroups>(path, aggregated)));
  return groups
    .flatMap(({ items }) => items)
    .flatMap(({ metadata, versions }) => kindsOf(metadata.name ?? '', versions));
}

function kindsOf(group: string, versions: DiscoveredGroups['items'][number]['versions']): Kind[] {
  const kinds = new Map<string, Kind>();
  for (const { version, resources = [] } of versions) {
    for (const { resource, scope, verbs, responseKind } of resources) {
      const usable = ['delete', 'list', 'patch', 'watch'].every((verb) => verbs.includes(verb));
      if (!usable || ignored.has(resource) || kinds.has(resource)) continue;
      const namespaced = scope === 'Namespaced';
      kinds.set(resource, { group, version, kind: responseKind.kind, plural: resource, namespaced });
    }
  }
  return [...kinds.values()];
}
