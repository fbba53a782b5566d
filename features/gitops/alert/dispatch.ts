import { events } from '@croft/api/kinds';
import { formatKey, keyOf, type Stored } from '@croft/api/object';
import type { Event } from '@croft/api/types';
import type { ControllerContext } from '@croft/controller/controller';
import { createEventRecorder } from '@croft/controller/events';
import type { BackoffOptions } from '@croft/foundation/backoff';
import { errorMessage } from '@croft/foundation/errors';
import { deliver } from '../provider/deliver.ts';
import { type Destination, readDestination } from '../provider/destination.ts';
import { hideSecrets } from '../provider/hide-secrets.ts';
import { providers } from '../provider/types.ts';
import { createDeliveryLines } from './delivery-lines.ts';
import { describeEvent, eventIdentity, timeOf, withAlertMetadata } from './describe-event.ts';
import { type LabelsOf, matchesEvent } from './match-event.ts';
import { createRepeats } from './repeats.ts';
import { type Alert, type AlertSpec, alerts, type Notification } from './types.ts';

export interface AlertOptions {
  /** Between tries of one delivery. */
  backoff?: BackoffOptions;
}

/**
 * Alert: tells what happens to objects, as the Events of the API say, through Providers. What happened before the start
 * is not told again. A failed delivery becomes an Event on the Alert. Behaviour of Flux's notification-controller.
 */
export function startAlerts(context: ControllerContext, { backoff }: AlertOptions = {}): AsyncDisposable {
  const { client, informers, clock, log } = context;
  const recorder = createEventRecorder({ ...context, component: 'notification-controller' });
  const repeats = createRepeats(clock);
  const stop = new AbortController();
  const signal = context.signal === undefined ? stop.signal : AbortSignal.any([stop.signal, context.signal]);
  const lines = createDeliveryLines();
  const startedAt = Math.floor(clock.now() / 1000) * 1000;

  const labelsOf: LabelsOf = async ({ apiVersion = 'v1', kind, namespace, name }) => {
    const found = await client.findKind(apiVersion, kind);
    const object = found === undefined ? undefined : await client.find(found, { namespace, name });
    return object?.metadata.labels ?? {};
  };

  async function tellAll(notification: Notification): Promise<void> {
    for (const alert of informers.of(alerts).list()) {
      const { spec, metadata } = alert;
      if (spec === undefined) continue;
      try {
        if (!(await matchesEvent(spec, metadata.namespace, notification, labelsOf))) continue;
        if (!repeats.isNew(`${metadata.uid} ${eventIdentity(notification)}`)) continue;
        const isTaken = lines.add(metadata.uid, () => tell(alert, spec, notification));
        if (!isTaken) throw new Error('too many notifications wait for their delivery: this one is dropped');
      } catch (error) {
        recorder.record(alert, 'Warning', 'InvalidConfig', errorMessage(error));
      }
    }
  }

  async function tell(alert: Stored<Alert>, spec: AlertSpec, notification: Notification): Promise<void> {
    let destination: Destination | undefined;
    try {
      const key = { namespace: alert.metadata.namespace, name: spec.providerRef.name };
      const provider = await client.find(providers, key);
      if (provider === undefined) throw new Error(`the Provider ${formatKey(key)} does not exist: create it`);
      if (provider.spec?.suspend) return;
      destination = await readDestination(client, provider);
      await deliver(withAlertMetadata(notification, spec), destination, { clock, signal, backoff });
    } catch (error) {
      if (signal.aborted) return;
      const { kind, namespace, name } = notification.involvedObject;
      const message = hideSecrets(errorMessage(error), destination?.hidden ?? []);
      const text = `failed to send notification for ${kind}/${namespace}/${name}: ${message}`;
      log.warn('a notification failed', { alert: formatKey(keyOf(alert)), error: text });
      recorder.record(alert, 'Warning', 'NotificationDispatchFailed', text);
    }
  }

  function onEvent(event: Stored<Event>, previous: Event | undefined, isKnownAtStart: boolean): void {
    if (isKnownAtStart && Date.parse(timeOf(event)) < startedAt) return;
    if (previous !== undefined && previous.count === event.count && timeOf(previous) === timeOf(event)) return;
    const notification = describeEvent(event);
    if (notification === undefined) return;
    tellAll(notification).catch((error) => log.warn('an event could not be told', { error: errorMessage(error) }));
  }

  const subscriptions: Disposable[] = [];
  const kinds = [informers.of(events).synced, informers.of(alerts).synced];
  const begun = Promise.all(kinds).then(() => {
    if (signal.aborted) return;
    let isKnownAtStart = true;
    subscriptions.push(
      informers.of(events).onChange(({ type, object, previous }) => {
        if (type !== 'deleted') onEvent(object, previous, isKnownAtStart);
      }),
    );
    isKnownAtStart = false;
  });
  begun.catch(() => {}); // the informers were stopped before they had their first list
  return {
    [Symbol.asyncDispose]: async () => {
      stop.abort(new Error('notifications end'));
      for (const subscription of subscriptions) subscription[Symbol.dispose]();
      await lines[Symbol.asyncDispose]();
    },
  };
}
