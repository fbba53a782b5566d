import { defineKind, type Kind } from '@croft/api/kind';
import { isNotFound } from '@croft/api/status';
import type { Client } from '@croft/client/client';
import { UserError } from '@croft/foundation/errors';
import { nearestNames } from '../nearest-names.ts';
import type { SyncedObject, SyncedTarget } from './synced-object.ts';

/** What is reconciled from git to what is installed, in this order. */
export type Stage = 'sources' | 'kustomizations' | 'releases';

export interface SyncedKind {
  stage: Stage;
  kind: Kind<SyncedObject>;
  shortNames: readonly string[];
}

const define = (
  stage: Stage,
  apiVersion: string,
  kind: string,
  plural: string,
  ...shortNames: string[]
): SyncedKind => ({
  stage,
  kind: defineKind<SyncedObject>(apiVersion, kind, plural),
  shortNames,
});

export const syncedKinds: readonly SyncedKind[] = [
  define('sources', 'source.toolkit.fluxcd.io/v1', 'GitRepository', 'gitrepositories', 'gitrepo'),
  define('sources', 'source.toolkit.fluxcd.io/v1', 'OCIRepository', 'ocirepositories', 'ocirepo'),
  define('sources', 'source.toolkit.fluxcd.io/v1', 'Bucket', 'buckets'),
  define('sources', 'source.toolkit.fluxcd.io/v1', 'HelmRepository', 'helmrepositories', 'helmrepo'),
  define('sources', 'source.toolkit.fluxcd.io/v1', 'HelmChart', 'helmcharts', 'hc'),
  define('kustomizations', 'kustomize.toolkit.fluxcd.io/v1', 'Kustomization', 'kustomizations', 'ks'),
  define('releases', 'helm.toolkit.fluxcd.io/v2', 'HelmRelease', 'helmreleases', 'hr'),
  define('releases', 'helm.fluxcd.io/v1', 'HelmRelease', 'helmreleases', 'hr'),
];

/** The kinds of that name, however it is written: `GitRepository`, `gitrepositories`, `gitrepo`. Throws UserError. */
export function getSyncedKinds(name: string): SyncedKind[] {
  const wanted = name.toLowerCase();
  const namesOf = ({ kind, shortNames }: SyncedKind) => [kind.kind.toLowerCase(), kind.plural, ...shortNames];
  const found = syncedKinds.filter((synced) => namesOf(synced).includes(wanted));
  if (found.length > 0) return found;
  const near = nearestNames(wanted, syncedKinds.flatMap(namesOf));
  const all = [...new Set(syncedKinds.map(({ kind }) => kind.kind))].join(', ');
  throw new UserError(
    `"${name}" is no kind to sync${near[0] === undefined ? '' : `; did you mean ${near[0]}?`} There are ${all}.`,
  );
}

/** The objects of a kind; none where the API does not serve it. */
export async function listSynced(client: Client, { kind }: SyncedKind, namespace?: string): Promise<SyncedTarget[]> {
  try {
    const { items } = await client.list(kind, { namespace });
    return items.map((object) => ({ kind, object }));
  } catch (error) {
    if (isNotFound(error)) return [];
    throw error;
  }
}
