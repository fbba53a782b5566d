import type { ObjectKey } from '@croft/api/object';
import type { Client } from '@croft/client/client';
import type { Informers } from '@croft/client/informers';
import type { EventRecorder } from '@croft/controller/events';
import type { Clock } from '@croft/foundation/clock';
import type { Log } from '@croft/foundation/log';
import type { Podman } from '../engine/start-podman.ts';
import type { TokenCache } from '../volumes/api-file-sources.ts';
import type { ImagePuller } from './image-puller.ts';
import type { PodMemories } from './pod-memory.ts';
import type { Prober } from './prober.ts';

/** What the parts of a node share. */
export interface NodeContext {
  client: Client;
  informers: Informers;
  clock: Clock;
  log: Log;
  events: EventRecorder;
  podman: Podman;
  /** Aborts when the node is stopped. */
  signal: AbortSignal;
  nodeName: string;
  hostIp: string;
  nodeCpu: number;
  nodeMemory: number;
  clusterDns: string;
  clusterDomain: string;
  /** One folder for each Pod, by uid: its volumes, hosts file and last words. */
  podsDir: string;
  /** Logs of containers: POD/CONTAINER/RESTART.log. */
  logsDir: string;
  images: ImagePuller;
  prober: Prober;
  tokens: TokenCache;
  memories: PodMemories;
  /** Looks at a Pod again. */
  enqueue(key: ObjectKey): void;
}
