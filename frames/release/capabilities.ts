import type { Client } from '@croft/client/client';

/** What templates see of the API: `.Capabilities`. */
export interface ApiCapabilities {
  /** `v1.36.2`. */
  kubeVersion: string;
  /** `apps/v1` and `apps/v1/Deployment` for all that is served. */
  apiVersions: string[];
}

interface DiscoveryGroup {
  metadata: { name?: string };
  versions: { version: string; resources: { responseKind: { kind: string } }[] }[];
}

const aggregated = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

/** Asks the API for its version and kinds. */
export async function readCapabilities(client: Client): Promise<ApiCapabilities> {
  const { gitVersion } = await client.getPath<{ gitVersion: string }>('/version');
  const lists = await Promise.all(
    ['/api', '/apis'].map((path) => client.getPath<{ items: DiscoveryGroup[] }>(path, aggregated)),
  );
  const apiVersions = lists.flatMap(({ items }) => items.flatMap(versionsOf));
  return { kubeVersion: gitVersion, apiVersions: [...new Set(apiVersions)].sort() };
}

function versionsOf({ metadata, versions }: DiscoveryGroup): string[] {
  return versions.flatMap(({ version, resources }) => {
    const apiVersion = metadata.name ? `${metadata.name}/${version}` : version;
    return [apiVersion, ...resources.map(({ responseKind }) => `${apiVersion}/${responseKind.kind}`)];
  });
}
