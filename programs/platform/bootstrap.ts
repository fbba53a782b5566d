import { customResourceDefinitions, namespaces } from '@croft/api/kinds';
import type { Settings } from '@croft/apps/settings';
import type { Client } from '@croft/client/client';
import { gitopsDefinitions } from '@croft/gitops/definitions';
import { mainBranch } from '@croft/gitops/git-server/repositories';
import {
  layoutAnnotation,
  prescriptionsLayout,
  releaseIntervalAnnotation,
} from '@croft/gitops/kustomization/prescribed-folder';
import { kustomizations } from '@croft/gitops/kustomization/types';
import { gitRepositories } from '@croft/gitops/types';
import { awaitedOf, type WaitContext, waitForObjects } from '@croft/release/wait';

export const systemNamespace = 'croft-system';
const sourceName = 'catalog';
/** The GitRepository that the instance follows. */
export const sourceKey = { namespace: systemNamespace, name: sourceName };
const options = { force: true, fieldManager: 'croft' };

/** Brings the kinds of gitops and Croft's own namespace into the API. */
export async function applyDefinitions(context: WaitContext): Promise<void> {
  const { client } = context;
  for (const definition of gitopsDefinitions) await client.apply(customResourceDefinitions, definition, options);
  const awaited = gitopsDefinitions.map((definition) => awaitedOf(customResourceDefinitions, definition));
  await waitForObjects(context, awaited, { timeoutMs: 30_000 });
  await client.apply(namespaces, { metadata: { name: systemNamespace } }, options);
}

/** The URLs of the instance's own repositories that it may follow. */
export interface OwnSources {
  /** Followed when the settings name nothing else. */
  catalog: string;
  /** The copy of a workstation's folder. */
  local: string;
}

/** Which prescriptions are followed. */
export interface Followed {
  url: string;
  branch: string;
  path: string;
  secret?: string;
  /** The repository is the instance's own: pushes are noticed without asking. */
  isOwn: boolean;
}

/** The copy of a workstation's folder goes before another repository, and that before the instance's catalogue. */
export function followedSource(own: OwnSources, { fluxSource, localFlux }: Settings): Followed {
  if (localFlux !== undefined) return { url: own.local, branch: mainBranch, path: localFlux.path, isOwn: true };
  if (fluxSource === undefined) return { url: own.catalog, branch: mainBranch, path: 'flux', isOwn: true };
  const { repo, ...rest } = fluxSource;
  return { url: repo, ...rest, isOwn: false };
}

/** Makes the instance follow its prescriptions: a GitRepository, and a Kustomization in the older layout. */
export async function applySource(client: Client, own: OwnSources, settings: Settings): Promise<void> {
  const { url, branch, path, secret, isOwn } = followedSource(own, settings);
  const { fetch, prescriptions, releases } = settings.intervals;
  const secretRef = secret === undefined ? {} : { secretRef: { name: secret } };
  const interval = isOwn ? prescriptions : fetch;
  await client.apply(
    gitRepositories,
    { metadata: sourceKey, spec: { url, interval, ref: { branch }, ...secretRef } },
    options,
  );
  const annotations = { [layoutAnnotation]: prescriptionsLayout, [releaseIntervalAnnotation]: releases };
  await client.apply(
    kustomizations,
    {
      metadata: { ...sourceKey, annotations },
      spec: {
        interval: prescriptions,
        retryInterval: '1m',
        prune: true,
        path: `./${path.replace(/^(\.?\/)+/, '')}`,
        sourceRef: { kind: 'GitRepository', name: sourceName },
      },
    },
    options,
  );
}
