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

export function createEventRecorder({ client, component, clock, log }: EventRecorderOptions): EventRecorder {
  const counts = new Map<string, { count: number; first: string }>();

  async function write(
    object: Stored<KubeObject>,
    type: string,
    reason: string,
    message: string,
    annotations: Record<string, string>,
  ): Promise<void> {
    const namespace = object.metadata.namespace ?? 'default';
    const digest = sha256Hex(JSON.stringify([object.metadata.uid, component, type, reason, message])).slice(0, 16);
    const name = `${object.metadata.name.slice(0, 200)}.${digest}`;
    const now = formatTime(clock.now());
    const known = counts.get(name) ?? { count: 0, first: now };
    known.count += 1;
    counts.delete(name);
    counts.set(name, known);
    for (const oldest of counts.keys()) {
      if (counts.size <= mostRemembered) break;
      counts.delete(oldest);
    }
    await client.apply(
      events,
      {
        metadata: { name, namespace, ...(Object.keys(annotations).length === 0 ? {} : { annotations }) },
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
