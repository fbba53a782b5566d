import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Kind } from '@croft/api/kind';
import { configMaps, namespaces, serviceAccounts } from '@croft/api/kinds';
import { createApiServer } from '@croft/apiserver/server';
import { type Client, createClient } from '@croft/client/client';
import type { Fetch } from '@croft/client/fetch';
import { createInformers } from '@croft/client/informers';
import { systemClock } from '@croft/foundation/clock';
import { silentLog } from '@croft/foundation/log';
import { openMemoryStore } from '@croft/store/memory-store';
import { startWorkloads } from '@croft/workloads/start-workloads';

/** Who edits what is not helm's. */
export const outOfBand = 'vec-outofband';

export interface World extends AsyncDisposable {
  readonly fetch: Fetch;
  /** Of the one who edits beside helm. */
  readonly client: Client;
}

/** A fresh API in which namespaces, service accounts and garbage collection work, and nothing becomes ready by itself. */
export async function openWorld(): Promise<World> {
  const stack = new AsyncDisposableStack();
  const store = stack.use(openMemoryStore());
  const authority = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';
  const server = stack.use(await createApiServer({ store, authority, controllers: 'all' }));
  const client = createClient(server.fetch, { fieldManager: outOfBand });
  const context = { client, clock: systemClock, log: silentLog };
  const informers = stack.use(createInformers(client, context));
  const volumesDir = join(tmpdir(), 'croft-vectors-no-volumes');
  stack.use(startWorkloads({ ...context, informers, volumesDir, nodeName: 'none', only: ['garbage-collector'] }));
  return { fetch: server.fetch, client, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

export async function createNamespace(client: Client, name: string): Promise<void> {
  await client.create(namespaces, { metadata: { name } });
  await until(async () => {
    const account = await client.find(serviceAccounts, { namespace: name, name: 'default' });
    const authority = await client.find(configMaps, { namespace: name, name: 'kube-root-ca.crt' });
    return account !== undefined && authority !== undefined;
  }, `namespace ${name} did not get what every namespace has`);
}

/** Looks until it is so. Throws with the problem after some seconds. */
export async function until(isSo: () => Promise<boolean>, problem: string): Promise<void> {
  for (let tries = 0; !(await isSo()); tries += 1) {
    if (tries > 500) throw new Error(problem);
    await systemClock.wait(10);
  }
}

interface ApiResource {
  name: string;
  kind: string;
  namespaced: boolean;
  verbs: string[];
}

/** Every kind that the API serves now, in the version that it prefers. */
export async function readKinds(client: Client): Promise<Kind[]> {
  const { groups } = await client.getPath<{ groups: { preferredVersion: { groupVersion: string } }[] }>('/apis');
  const paths = ['/api/v1', ...groups.map(({ preferredVersion }) => `/apis/${preferredVersion.groupVersion}`)];
  const lists = await Promise.all(
    paths.map((path) => client.getPath<{ groupVersion: string; resources: ApiResource[] }>(path)),
  );
  return lists.flatMap(({ groupVersion, resources }) => {
    const [version = '', group = ''] = groupVersion.split('/').reverse();
    return resources
      .filter(({ name, verbs }) => !name.includes('/') && verbs.includes('list') && verbs.includes('create'))
      .map(({ name, kind, namespaced }) => ({ group, version, kind, plural: name, namespaced }));
  });
}
