import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Kind } from '@croft/api/kind';
import { namespaces, pods } from '@croft/api/kinds';
import { formatKey, type KubeObject, keyOf, type ObjectKey, type Stored } from '@croft/api/object';
import type { Pod, PodStatus } from '@croft/api/types';
import { createApiServer } from '@croft/apiserver/server';
import { type Client, createClient } from '@croft/client/client';
import { createInformers } from '@croft/client/informers';
import { formatTime, systemClock } from '@croft/foundation/clock';
import { silentLog } from '@croft/foundation/log';
import { openMemoryStore } from '@croft/store/memory-store';
import { startWorkloads, type WorkloadController } from '@croft/workloads/start-workloads';

/** An API server in memory with the controllers of workloads, and what a node would do, done by hand. */
export interface TestCluster extends AsyncDisposable {
  readonly client: Client;
  readonly volumesDir: string;
  readonly namespace: string;
  /** Waits until what is listed of a kind in the namespace fits; gives it. Fails after 10 s with what there was. */
  until<T extends KubeObject, R>(kind: Kind<T>, look: (objects: Stored<T>[]) => R | undefined | false): Promise<R>;
  key(name: string): ObjectKey;
  /** Writes part of a Pod's status, as its node would. */
  setPodStatus(pod: Stored<Pod>, status: PodStatus): Promise<void>;
  /** From now on every new Pod is bound and becomes ready at once, and goes at once when deleted. */
  runPods(accept?: (pod: Stored<Pod>) => boolean): void;
  /** Stops the controllers and starts them anew, knowing nothing but what the API says. */
  restart(): Promise<void>;
}

export async function startCluster(only?: readonly WorkloadController[]): Promise<TestCluster> {
  const stack = new AsyncDisposableStack();
  const store = stack.use(openMemoryStore());
  const server = stack.use(await createApiServer({ store }));
  const client = createClient(server.fetch);
  const folder = await mkdtemp(join(tmpdir(), 'croft-workloads-'));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const volumesDir = join(folder, 'volumes');
  const context = { client, clock: systemClock, log: silentLog };
  const start = () => {
    const running = new AsyncDisposableStack();
    const informers = running.use(createInformers(client, context));
    running.use(startWorkloads({ ...context, informers, volumesDir, nodeName: 'node', ...(only && { only }) }));
    return running;
  };
  let running = start();
  stack.defer(() => running.disposeAsync());
  const nodeInformers = stack.use(createInformers(client, context));
  const namespace = 'apps';
  await client.create(namespaces, { metadata: { name: namespace } });

  const setPodStatus = async (pod: Stored<Pod>, status: PodStatus) => {
    await client.patch(pods, keyOf(pod), { status }, { subresource: 'status' });
  };
  return {
    client,
    volumesDir,
    namespace,
    key: (name) => ({ namespace, name }),
    setPodStatus,
    until: async (kind, look) => {
      const deadline = AbortSignal.timeout(10_000);
      const scope = kind.namespaced ? { namespace } : {};
      const listed = await client.list(kind, scope);
      const objects = new Map(listed.items.map((item) => [formatKey(keyOf(item)), item]));
      const fits = () => look([...objects.values()]);
      const found = fits();
      if (found !== undefined && found !== false) return found;
      const { resourceVersion } = listed.metadata;
      try {
        for await (const { type, object } of client.watch(kind, { ...scope, resourceVersion, signal: deadline })) {
          if (type === 'DELETED') objects.delete(formatKey(keyOf(object)));
          else objects.set(formatKey(keyOf(object)), object);
          const later = fits();
          if (later !== undefined && later !== false) return later;
        }
      } catch (error) {
        if (!deadline.aborted) throw error;
      }
      throw new Error(`it did not come to pass; the last ${kind.plural}: ${JSON.stringify([...objects.values()])}`);
    },
    runPods: (accept = () => true) => {
      nodeInformers.of(pods).onChange(({ type, object }) => {
        if (type === 'deleted') return;
        void runPod(client, object, accept).catch(() => {}); // it was changed or deleted meanwhile: told again
      });
    },
    restart: async () => {
      await running.disposeAsync();
      running = start();
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

/** What a node does with a Pod, without containers. */
async function runPod(client: Client, pod: Stored<Pod>, accept: (pod: Stored<Pod>) => boolean): Promise<void> {
  if (pod.metadata.deletionTimestamp !== undefined) {
    if ((pod.metadata.deletionGracePeriodSeconds ?? 0) > 0)
      await client.remove(pods, keyOf(pod), { gracePeriodSeconds: 0 });
    return;
  }
  if (pod.status?.phase !== 'Pending') return;
  if ((pod.spec?.nodeName ?? '') === '') {
    const target = { apiVersion: 'v1', kind: 'Node', name: 'node' };
    const binding = { apiVersion: 'v1', kind: 'Binding', metadata: { name: pod.metadata.name }, target };
    const path = `/api/v1/namespaces/${pod.metadata.namespace}/pods/${pod.metadata.name}/binding`;
    const headers = { 'content-type': 'application/json' };
    await client.fetch(new Request(`https://node${path}`, { method: 'POST', headers, body: JSON.stringify(binding) }));
  }
  if (accept(pod)) await client.patch(pods, keyOf(pod), { status: readyStatus(pod) }, { subresource: 'status' });
}

export function readyStatus(pod: Stored<Pod>): PodStatus {
  const address = [...pod.metadata.uid].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 65_000, 0);
  const podIP = `10.88.${address >> 8}.${address & 255}`;
  const lastTransitionTime = formatTime(systemClock.now());
  return {
    phase: 'Running',
    podIP,
    podIPs: [{ ip: podIP }],
    conditions: ['Initialized', 'ContainersReady', 'Ready'].map((type) => ({
      type,
      status: 'True',
      lastTransitionTime,
    })),
  };
}
