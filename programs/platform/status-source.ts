import type { Kind } from '@croft/api/kind';
import { configMaps, daemonSets, deployments, ingresses, pods, secrets, statefulSets } from '@croft/api/kinds';
import { formatKey, type KubeObject, keyOf, type Stored } from '@croft/api/object';
import { parsePrescribed, prescribedLabel } from '@croft/api/prescribed';
import { isNotFound } from '@croft/api/status';
import { applicationLabel } from '@croft/apps/application';
import { settingsKey } from '@croft/apps/controller';
import type { Client } from '@croft/client/client';
import { buckets } from '@croft/gitops/bucket/types';
import { type HelmRelease, helmReleases } from '@croft/gitops/helm-release/types';
import { helmRepositories } from '@croft/gitops/helm-repository/types';
import { kustomizations } from '@croft/gitops/kustomization/types';
import { ociRepositories } from '@croft/gitops/oci-repository/types';
import { olderReleases } from '@croft/gitops/older-release/types';
import { gitRepositories, type SourceObject } from '@croft/gitops/types';

/** What of the API the status is made from. */
export type Everything = Awaited<ReturnType<typeof readEverything>>;

export async function readEverything(client: Client) {
  const [
    descriptions,
    listings,
    releases,
    routes,
    allPods,
    settingsSecrets,
    settings,
    sources,
    prescriptions,
    workloads,
  ] = await Promise.all([
    client.list(configMaps, { labelSelector: applicationLabel }),
    client.list(configMaps, { labelSelector: prescribedLabel }),
    listReleases(client),
    client.list(ingresses),
    client.list(pods),
    client.list(secrets, { fieldSelector: 'type=Opaque' }),
    client.find(configMaps, settingsKey),
    listSources(client),
    client.list(kustomizations),
    Promise.all([client.list(deployments), client.list(statefulSets), client.list(daemonSets)]),
  ]);
  return {
    descriptions: new Map(descriptions.items.map((item) => [keyOfDescription(item), item])),
    prescribed: new Map(listings.items.flatMap(parsePrescribed).map((release) => [formatKey(release), release])),
    releases: new Map(releases.map((release) => [formatKey(keyOf(release)), release])),
    routes: routes.items,
    pods: allPods.items,
    secrets: new Map(settingsSecrets.items.map((secret) => [formatKey(keyOf(secret)), secret])),
    settings,
    sources,
    prescriptions: prescriptions.items,
    workloads: workloads.flatMap(({ items }) => items as Stored<KubeObject>[]),
  };
}

/** Those of both kinds; fields that are read of the older one have the same names. */
async function listReleases(client: Client): Promise<Stored<HelmRelease>[]> {
  const [older, newer] = await Promise.all([listServed(client, olderReleases), client.list(helmReleases)]);
  return [...older.map((release) => release as unknown as Stored<HelmRelease>), ...newer.items];
}

/** All that artifacts come from but charts, which releases tell of. A HelmRepository of type `oci` has no state. */
async function listSources(client: Client): Promise<Stored<SourceObject>[]> {
  const kinds = [gitRepositories, helmRepositories, ociRepositories, buckets] as Kind<SourceObject>[];
  const found = (await Promise.all(kinds.map((kind) => listServed(client, kind)))).flat();
  return found.filter(({ spec }) => (spec as { type?: string } | undefined)?.type !== 'oci');
}

/** The objects of a kind that may not be there yet. */
async function listServed<T extends KubeObject>(client: Client, kind: Kind<T>): Promise<Stored<T>[]> {
  try {
    return (await client.list(kind)).items;
  } catch (error) {
    if (isNotFound(error)) return [];
    throw error;
  }
}

function keyOfDescription({
  metadata,
}: {
  metadata?: { namespace?: string; labels?: Record<string, string> };
}): string {
  return `${metadata?.namespace}/${metadata?.labels?.[applicationLabel]}`;
}
