import { namespaces, pods } from '@croft/api/kinds';
import type { Stored } from '@croft/api/object';
import type { Pod, PodSpec } from '@croft/api/types';
import { type ApiServer, createApiServer } from '@croft/apiserver/server';
import { type Client, createClient } from '@croft/client/client';
import { createInformers } from '@croft/client/informers';
import { systemClock } from '@croft/foundation/clock';
import { createLog } from '@croft/foundation/log';
import { openMemoryStore } from '@croft/store/memory-store';
import { type NodeOptions, type RunningNode, startNode } from '../start-node.ts';
import { startTestPodman, type TestPodman } from './test-podman.ts';

export interface TestNode extends AsyncDisposable {
  client: Client;
  api: ApiServer;
  instance: TestPodman;
  /** Makes a Pod that runs on this node, named as given. */
  createPod(name: string, spec: PodSpec, metadata?: Pod['metadata']): Promise<Stored<Pod>>;
  /** Resolves with the Pod as soon as it fits; rejects with its last state after 30 s. */
  waitForPod(name: string, fits: (pod: Stored<Pod>) => boolean): Promise<Stored<Pod>>;
  waitUntilGone(name: string): Promise<void>;
  /** The text of a log as the API gives it. */
  readLog(name: string, query?: string): Promise<string>;
  /** Stops the node; what runs in containers goes on. */
  stop(): Promise<void>;
  /** Stops the node as a crash would leave it, and starts another one on what runs. */
  restart(): Promise<void>;
}

const namespace = 'default';
const patienceMs = 30_000;

/** An API server in memory and a node on a real Podman. */
export async function startTestNode(more: Partial<NodeOptions> = {}): Promise<TestNode> {
  const log = createLog(
    (line) => process.stderr.write(line),
    process.env.CROFT_TEST_LOG === undefined ? 'error' : 'debug',
  );
  const instance = await startTestPodman();
  const store = openMemoryStore();
  let running: RunningNode | undefined;
  const getNode = () => {
    if (running === undefined) throw new Error('the node does not run');
    return running;
  };
  const api = await createApiServer({
    store,
    nodeProxy: async (_, request) => await getNode().fetch(request),
    nodeStreams: {
      exec: async (...call) => await getNode().streams.exec(...call),
      attach: async (...call) => await getNode().streams.attach(...call),
      connect: async (...call) => await getNode().streams.connect(...call),
    },
  });
  // A Request that is collected no longer passes on its signal, and a watch would never end.
  const kept: Request[] = [];
  const client = createClient((request) => {
    kept.push(request);
    return api.fetch(request);
  });
  let informers = createInformers(client, { clock: systemClock, log });
  const start = async () => {
    running = await startNode({
      client,
      informers,
      podman: instance.podman,
      dir: instance.dir,
      nodeName: 'test',
      clusterDns: '10.96.0.10',
      clusterDomain: 'cluster.local',
      log,
      clock: systemClock,
      ...more,
    });
  };
  const stop = async () => {
    await running?.[Symbol.asyncDispose]();
    await informers[Symbol.asyncDispose]();
  };
  const waitForPod: TestNode['waitForPod'] = (name, fits) =>
    waitFor(client, name, (pod) => pod !== undefined && fits(pod)) as Promise<Stored<Pod>>;
  await waitUntilThere(client);
  await start();
  return {
    client,
    api,
    instance,
    createPod: (name, spec, metadata = {}) =>
      client.create(pods, {
        metadata: { ...metadata, name, namespace },
        spec: { automountServiceAccountToken: false, terminationGracePeriodSeconds: 5, ...spec },
      }),
    waitForPod,
    waitUntilGone: async (name) => void (await waitFor(client, name, (pod) => pod === undefined)),
    readLog: async (name, query = '') => {
      const url = `https://kubernetes.default.svc/api/v1/namespaces/${namespace}/pods/${name}/log${query}`;
      const response = await client.fetch(new Request(url));
      if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`);
      return await response.text();
    },
    stop,
    restart: async () => {
      await stop();
      informers = createInformers(client, { clock: systemClock, log });
      await start();
    },
    [Symbol.asyncDispose]: async () => {
      await stop();
      await api[Symbol.asyncDispose]();
      await store[Symbol.asyncDispose]();
      await instance[Symbol.asyncDispose]();
    },
  };
}

async function waitUntilThere(client: Client): Promise<void> {
  const signal = AbortSignal.timeout(patienceMs);
  while ((await client.find(namespaces, { name: namespace })) === undefined) await systemClock.wait(20, signal);
}

/** Looks at the Pod now and at each change. */
async function waitFor(
  client: Client,
  name: string,
  fits: (pod: Stored<Pod> | undefined) => boolean,
): Promise<Stored<Pod> | undefined> {
  let last: Stored<Pod> | undefined;
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(new Error('out of patience')), patienceMs);
  try {
    const { items, metadata } = await client.list(pods, { namespace, fieldSelector: `metadata.name=${name}` });
    last = items[0];
    if (fits(last)) return last;
    const { resourceVersion } = metadata;
    const fieldSelector = `metadata.name=${name}`;
    for await (const event of client.watch(pods, { namespace, fieldSelector, resourceVersion, signal: stop.signal })) {
      last = event.type === 'DELETED' ? undefined : event.object;
      if (fits(last)) return last;
    }
    throw new Error('the watch ended');
  } catch (error) {
    throw new Error(`pod ${name} did not become as awaited: ${JSON.stringify(last?.status, undefined, 1)}`, {
      cause: error,
    });
  } finally {
    clearTimeout(timer);
    stop.abort();
  }
}
