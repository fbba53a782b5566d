import type { Client } from '@croft/client/client';
import { type Capabilities, HELM_3, HELM_4, parseKubeVersion } from '@croft/helm/render/capabilities';

interface DiscoveryGroup {
  metadata: { name?: string };
  versions: { version: string; resources: { responseKind: { kind: string } }[] }[];
}

const aggregated = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

/** What templates see of the API: its version, and `apps/v1` and `apps/v1/Deployment` for all that it serves. */
export async function readCapabilities(client: Client, helmVersion: 3 | 4 = 3): Promise<Capabilities> {
  const { gitVersion } = await client.getPath<{ gitVersion: string }>('/version');
  const lists = await Promise.all(
    ['/api', '/apis'].map((path) => client.getPath<{ items: DiscoveryGroup[] }>(path, aggregated)),
  );
  const apiVersions = lists.flatMap(({ items }) => items.flatMap(versionsOf));
  return {
    kubeVersion: { ...parseKubeVersion(gitVersion, helmVersion), version: gitVersion },
    apiVersions: [...new Set(apiVersions)].sort(),
    helmVersion: helmVersion === 4 ? HELM_4 : HELM_3,
  };
}

function versionsOf({ metadata, versions }: DiscoveryGroup): string[] {
  return versions.flatMap(({ version, resources }) => {
    const apiVersion = metadata.name ? `${metadata.name}/${version}` : version;
    return [apiVersion, ...resources.map(({ responseKind }) => `${apiVersion}/${responseKind.kind}`)];
  });
}
