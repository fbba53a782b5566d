import type { Client } from '@croft/client/client';
import { type Capabilities, HELM_3, HELM_4, parseKubeVersion } from '@croft/helm/render/capabilities';

interface DiscoveryResource {
  responseKind?: { kind: string };
  subresources?: { responseKind?: { kind: string } }[];
}

interface DiscoveryGroup {
  metadata: { name?: string };
  versions: { version: string; resources?: DiscoveryResource[] }[];
}

const aggregated = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

/** What templates see of the API: its version, and `apps/v1` and `apps/v1/Deployment` for all that it serves. */
export async function readCapabilities(client: Client, helmVersion: 3 | 4 = 3): Promise<Capabilities> {
  const { gitVersion, major, minor } = await client.getPath<Record<string, string>>('/version');
  const version = gitVersion ?? '';
  const lists = await Promise.all(
    ['/api', '/apis'].map((path) => client.getPath<{ items: DiscoveryGroup[] }>(path, aggregated)),
  );
  const apiVersions = lists.flatMap(({ items }) => items.flatMap(versionsOf));
  return {
    kubeVersion: {
      ...parseKubeVersion(version, helmVersion),
      version,
      ...(major === undefined || minor === undefined ? {} : { major, minor }),
      ...(helmVersion === 3 ? { normalized: version } : {}), // a suffix counts for constraints
    },
    apiVersions: [...new Set(apiVersions)].sort(),
    helmVersion: helmVersion === 4 ? HELM_4 : HELM_3,
  };
}

function versionsOf({ metadata, versions }: DiscoveryGroup): string[] {
  return versions.flatMap(({ version, resources = [] }) => {
    const apiVersion = metadata.name ? `${metadata.name}/${version}` : version;
    const answers = resources.flatMap((resource) => [resource, ...(resource.subresources ?? [])]);
    const kinds = answers.flatMap(({ responseKind }) => responseKind?.kind ?? []);
    return [apiVersion, ...kinds.map((kind) => `${apiVersion}/${kind}`)];
  });
}
