import { parseApiVersion } from '@croft/api/kind';
import { events } from '@croft/api/kinds';
import type { KubeObject, Stored } from '@croft/api/object';
import type { Client } from '@croft/client/client';
import { type Clock, formatTime } from '@croft/foundation/clock';
import { sha256Hex } from '@croft/foundation/digest';
import { errorMessage } from '@croft/foundation/errors';
import type { Log } from '@croft/foundation/log';

export interface EventRecorder {
  /**
   * Tells of something that happened to an object, for `kubectl describe` and `kubectl get events`. Never throws and is
   * not waited for. The same telling again counts up instead of making a new Event. The metadata (such as `revision`) goes
   * along for notifications: as annotations of the object's API group, which is what Flux's controllers do.
   */
  record(
    object: Stored<KubeObject>,
    type: 'Normal' | 'Warning',
    reason: string,
    message: string,
    metadata?: Readonly<Record<string, string>>,
  ): void;
}

export interface EventRecorderOptions {
  client: Client;
  /** The reporting component, such as `kubelet` or `helm-controller`. */
  component: string;
  clock: Clock;
  log: Log;
}

const longestMessage = 1024;
/** Annotations of an object with this prefix are part of every notification about it. */
const notifiedPrefix = 'event.toolkit.fluxcd.io/';
const mostRemembered = 500;

interface Told {
  readonly name: string;
  readonly first: string;
  count: number;
}

export function createEventRecorder({ client, component, clock, log }: EventRecorderOptions): EventRecorder {
  const told = new Map<string, Told>();
  let lastMicros = 0;

  /**
   * As Kubernetes names Events: by the time of the first telling, so that lists, and `kubectl describe` within a second,
   * keep the order. The digest sets apart what two recorders tell of an object at the same time.
   */
  function nameOf({ metadata }: Stored<KubeObject>, digest: string): string {
    lastMicros = Math.max(clock.now() * 1000, lastMicros + 1);
    const nanos = BigInt(lastMicros) * 1000n + (BigInt(`0x${digest}`) % 1000n);
    return `${metadata.name.slice(0, 200)}.${nanos.toString(16)}`;
  }

  async function write(
    object: Stored<KubeObject>,
    type: string,
    reason: string,
    message: string,
    annotations: Record<string, string>,
  ): Promise<void> {
    const namespace = object.metadata.namespace ?? 'default';
    const digest = sha256Hex(JSON.stringify([object.metadata.uid, component, type, reason, message])).slice(0, 16);
    const now = formatTime(clock.now());
    const known = told.get(digest) ?? { name: nameOf(object, digest), count: 0, first: now };
    known.count += 1;
    told.delete(digest);
    told.set(digest, known);
    for (const oldest of told.keys()) {
      if (told.size <= mostRemembered) break;
      told.delete(oldest);
    }
    await client.apply(
      events,
      {
        metadata: { name: known.name, namespace, ...(Object.keys(annotations).length === 0 ? {} : { annotations }) },
        involvedObject: {
          apiVersion: object.apiVersion,
          kind: object.kind,
          name: object.metadata.name,
          ...(object.metadata.namespace === undefined ? {} : { namespace: object.metadata.namespace }),
          uid: object.metadata.uid,
          resourceVersion: object.metadata.resourceVersion,
        },
        type,
        reason,
        message,
        source: { component },
        reportingComponent: component,
        reportingInstance: '',
        firstTimestamp: known.first,
        lastTimestamp: now,
        count: known.count,
      },
      { force: true, fieldManager: component },
    );
  }

  return {
    record: (object, type, reason, message, metadata = {}) => {
      write(object, type, reason, message.slice(0, longestMessage), annotationsOf(object, metadata)).catch((error) =>
        log.debug('an event could not be written', { reason, error: errorMessage(error) }),
      );
    },
  };
}

function annotationsOf({ apiVersion, metadata }: Stored<KubeObject>, told: Readonly<Record<string, string>>) {
  const { group } = parseApiVersion(apiVersion);
  return Object.fromEntries([
    ...Object.entries(metadata.annotations ?? {}).filter(([key]) => key.startsWith(notifiedPrefix)),
    ...Object.entries(told).map(([key, value]): [string, string] => [group === '' ? key : `${group}/${key}`, value]),
  ]);
}
