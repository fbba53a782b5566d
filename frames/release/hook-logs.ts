import { pods } from '@croft/api/kinds';
import type { Stored } from '@croft/api/object';
import type { Pod } from '@croft/api/types';
import type { Client } from '@croft/client/client';
import type { ReleaseHook } from '@croft/helm/release/record';
import { parseManifest } from './parse-manifest.ts';

/** Hands on what the containers of a hook's Job or Pod wrote. */
export async function showHookLogs(
  client: Client,
  hook: ReleaseHook,
  releaseNamespace: string,
  show: (text: string) => void,
): Promise<void> {
  const selection =
    hook.kind === 'Job' ? { labelSelector: `job-name=${hook.name}` } : { fieldSelector: `metadata.name=${hook.name}` };
  if (hook.kind !== 'Job' && hook.kind !== 'Pod') return;
  const [object] = parseManifest(hook.manifest);
  const namespace = object?.metadata?.namespace || releaseNamespace;
  const { items } = await client.list(pods, { namespace, ...selection });
  for (const pod of items) {
    for (const { name } of pod.spec?.containers ?? []) show(await readPodLog(client, pod, name));
  }
}

/** All that a container of a Pod has written. */
export async function readPodLog(
  client: Client,
  { metadata }: Pick<Stored<Pod>, 'metadata'>,
  container?: string,
): Promise<string> {
  const query = container === undefined ? '' : `?container=${encodeURIComponent(container)}`;
  return await client.getText(`/api/v1/namespaces/${metadata.namespace}/pods/${metadata.name}/log${query}`);
}
