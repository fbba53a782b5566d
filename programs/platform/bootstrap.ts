import { customResourceDefinitions, namespaces } from '@croft/api/kinds';
import type { Settings } from '@croft/apps/settings';
import type { Client } from '@croft/client/client';
import { gitopsDefinitions } from '@croft/gitops/definitions';
import { layoutAnnotation, prescriptionsLayout } from '@croft/gitops/kustomization/prescribed-folder';
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

/** What is followed when the settings name nothing else: the instance's own repository. */
export interface OwnSource {
  url: string;
  branch: string;
  path: string;
}

/** Makes the instance follow its prescriptions: a GitRepository, and a Kustomization in the older layout. */
export async function applySource(client: Client, own: OwnSource, { fluxSource }: Settings): Promise<void> {
  const { url, branch, path } =
    fluxSource === undefined ? own : { url: fluxSource.repo, branch: fluxSource.branch, path: fluxSource.path };
  const metadata = sourceKey;
  await client.apply(gitRepositories, { metadata, spec: { url, interval: '1m', ref: { branch } } }, options);
  await client.apply(
    kustomizations,
    {
      metadata: { ...metadata, annotations: { [layoutAnnotation]: prescriptionsLayout } },
      spec: {
        interval: '1h',
        retryInterval: '1m',
        prune: true,
        path: `./${path}`,
        sourceRef: { kind: 'GitRepository', name: sourceName },
      },
    },
    options,
  );
}
