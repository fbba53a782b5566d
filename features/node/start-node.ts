import { availableParallelism, totalmem } from 'node:os';
import { join } from 'node:path';
import { configMaps, nodes, persistentVolumeClaims, pods, secrets, services } from '@croft/api/kinds';
import { keyOf, type Stored } from '@croft/api/object';
import { StatusError } from '@croft/api/status';
import type { Pod } from '@croft/api/types';
import type { NodeStreams } from '@croft/apiserver/streams/node-streams';
import type { Client } from '@croft/client/client';
import type { Informers } from '@croft/client/informers';
import { onChangeOf, startController } from '@croft/controller/controller';
import { createEventRecorder } from '@croft/controller/events';
import type { Clock } from '@croft/foundation/clock';
import type { Log } from '@croft/foundation/log';
import { createConnection } from './engine/connection.ts';
import { firstAddress } from './engine/networks.ts';
import { ensurePauseImage } from './engine/pause-image.ts';
import type { Podman } from './engine/start-podman.ts';
import { respondContainerLogs } from './logs/container-logs.ts';
import { type LogLimits, startLogRotation } from './logs/log-rotation.ts';
import { createImagePuller, type EnsureImage } from './runtime/image-puller.ts';
import type { NodeContext } from './runtime/node-context.ts';
import { startNodeObject } from './runtime/node-object.ts';
import { PodMemories } from './runtime/pod-memory.ts';
import { claimsOf, referencesOf } from './runtime/pod-references.ts';
import { createProber } from './runtime/prober.ts';
import { reconcilePod } from './runtime/reconcile-pod.ts';
import { schedulePod } from './runtime/schedule-pod.ts';
import { watchEngine } from './runtime/watch-engine.ts';
import { createPodStreams } from './streams/pod-streams.ts';
import { createTokenCache } from './volumes/api-file-sources.ts';

export interface NodeOptions {
  client: Client;
  informers: Informers;
  podman: Podman;
  /** Folders of Pods (volumes) and of their logs lie under it: `pods/` and `logs/`. */
  dir: string;
  nodeName: string;
  /** The address of the cluster's DNS. */
  clusterDns: string;
  /** Such as `cluster.local`. */
  clusterDomain: string;
  /** The address under which Pods and others know the host; that of the Pods' bridge when left out. */
  hostIp?: string;
  ensureImage?: EnsureImage;
  /** Those of the kubelet when left out. */
  logLimits?: LogLimits;
  log: Log;
  clock: Clock;
}

/** A running node. Disposing it stops nothing that runs in containers. */
export interface RunningNode extends AsyncDisposable {
  /** What API servers ask of a kubelet: `/containerLogs/NAMESPACE/POD/CONTAINER`. */
  fetch(request: Request): Promise<Response>;
  /** Processes and ports of the Pods. */
  readonly streams: NodeStreams;
}

const concurrency = 64; // most of a Pod's work is waiting
const mostPods = 110;

/** Registers this machine as a Node, gives Pods to it, and runs them; takes over containers that run already. */
export async function startNode(options: NodeOptions): Promise<RunningNode> {
  const { client, informers, clock, nodeName, dir } = options;
  const log = options.log.with({ component: 'node' });
  // A connection of its own: closing it ends all that waits for the engine.
  const engine = createConnection(options.podman.engine.socketPath);
  const podman = { ...options.podman, engine };
  const stop = new AbortController();
  const context: NodeContext = {
    client,
    informers,
    clock,
    log,
    podman,
    signal: stop.signal,
    nodeName,
    hostIp: options.hostIp ?? podman.network.gateway ?? firstAddress(podman.network.subnet),
    nodeCpu: availableParallelism(),
    nodeMemory: totalmem(),
    clusterDns: options.clusterDns,
    clusterDomain: options.clusterDomain,
    podsDir: join(dir, 'pods'),
    logsDir: join(dir, 'logs'),
    events: createEventRecorder({ client, component: 'kubelet', clock, log }),
    images: createImagePuller({ engine, ensureImage: options.ensureImage, clock, log }),
    prober: createProber({ engine, clock }),
    tokens: createTokenCache(client, () => clock.now()),
    memories: new PodMemories(),
    enqueue: (key) => controller.enqueue(key),
  };
  await ensurePauseImage(podman); // before several Pods want it at once
  const { Version } = await engine.call<{ Version: string }>({ method: 'GET', path: '/version' });
  const heart = await startNodeObject({ ...context, engineVersion: Version, mostPods });
  await informers.of(services).synced;
  await informers.of(nodes).synced;

  const podsWhere = (fits: (pod: Stored<Pod>) => boolean) => informers.of(pods).list().filter(fits).map(keyOf);
  const controller = startController(context, {
    name: 'node',
    kind: pods,
    concurrency,
    triggers: [
      onChangeOf(configMaps, ({ metadata: { namespace, name } }) =>
        podsWhere((pod) => pod.metadata.namespace === namespace && referencesOf(pod, 'configMap').has(name)),
      ),
      onChangeOf(secrets, ({ metadata: { namespace, name } }) =>
        podsWhere((pod) => pod.metadata.namespace === namespace && referencesOf(pod, 'secret').has(name)),
      ),
      onChangeOf(persistentVolumeClaims, ({ metadata: { namespace, name } }) =>
        podsWhere((pod) => pod.metadata.namespace === namespace && claimsOf(pod).has(name)),
      ),
    ],
    reconcile: async (pod, key) => {
      try {
        return await reconcilePod(context, pod, key);
      } catch (error) {
        if (stop.signal.aborted) return undefined; // cut short by the end of the node; the next one goes on
        throw error;
      }
    },
  });
  const schedulerEvents = createEventRecorder({ client, component: 'default-scheduler', clock, log });
  const scheduler = startController(context, {
    name: 'scheduler',
    kind: pods,
    triggers: [onChangeOf(nodes, () => podsWhere((pod) => pod.spec?.nodeName === undefined))],
    reconcile: async (pod) => {
      const node = informers.of(nodes).get({ name: nodeName });
      const waits = pod?.spec?.nodeName === undefined && pod?.metadata.deletionTimestamp === undefined;
      if (pod !== undefined && node !== undefined && waits) {
        await schedulePod({ client, events: schedulerEvents, clock }, pod, node);
      }
      return undefined;
    },
  });
  const engineWatch = watchEngine(context);
  const rotation = startLogRotation({ ...context, engine, ...(options.logLimits && { limits: options.logLimits }) });

  return {
    streams: createPodStreams({ engine, clock, informers }),
    fetch: async (request) => {
      const answer = await respondContainerLogs({ ...context, engine }, request);
      if (answer !== undefined) return answer;
      throw new StatusError(404, 'NotFound', 'the server could not find the requested resource');
    },
    [Symbol.asyncDispose]: async () => {
      stop.abort(new Error('the node was stopped'));
      await Promise.all([engineWatch, rotation].map((part) => part[Symbol.asyncDispose]()));
      engine[Symbol.dispose]();
      await Promise.all([context.images, context.prober].map((part) => part[Symbol.asyncDispose]()));
      await Promise.all([controller, scheduler, heart].map((part) => part[Symbol.asyncDispose]()));
    },
  };
}
