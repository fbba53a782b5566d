import type { Stored } from '@croft/api/object';
import type { Event } from '@croft/api/types';
import type { ControllerContext } from '@croft/controller/controller';
import { createEventRecorder } from '@croft/controller/events';
import type { BackoffOptions } from '@croft/foundation/backoff';
import { errorMessage } from '@croft/foundation/errors';
import { createDeliveryLines } from './delivery-lines.ts';
import { describeEvent, eventIdentity, failureOf } from './describe-event.ts';
import { followEvents } from './follow-events.ts';
import { type LabelsOf, matchesEvent } from './match-event.ts';
import { createRepeats } from './repeats.ts';
import { tellAlert } from './tell-alert.ts';
import { type Alert, alerts, type Notification } from './types.ts';

export interface AlertOptions {
  /** Between tries of one delivery. */
  backoff?: BackoffOptions;
}

/**
 * Alert: tells what happens to objects, as the Events of the API say, through Providers. Events are not looked at before
 * there is an Alert. Behaviour of Flux's notification-controller.
 */
export function startAlerts(context: ControllerContext, { backoff }: AlertOptions = {}): AsyncDisposable {
  const { client, informers, clock, log } = context;
  const known = informers.of(alerts, context.reconciled);
  const recorder = createEventRecorder({ ...context, component: 'notification-controller' });
  const repeats = createRepeats(clock);
  const stop = new AbortController();
  const signal = context.signal === undefined ? stop.signal : AbortSignal.any([stop.signal, context.signal]);
  const lines = createDeliveryLines();

  const labelsOf: LabelsOf = async ({ apiVersion = 'v1', kind, namespace, name }) => {
    const found = await client.findKind(apiVersion, kind);
    const object = found === undefined ? undefined : await client.find(found, { namespace, name });
    return object?.metadata.labels ?? {};
  };

  async function offer(alert: Stored<Alert>, notification: Notification): Promise<void> {
    const { spec, metadata } = alert;
    try {
      if (spec === undefined || !(await matchesEvent(spec, metadata.namespace, notification, labelsOf))) return;
    } catch (error) {
      return recorder.record(alert, 'Warning', 'SourceFetchFailed', errorMessage(error));
    }
    const isFailure = failureOf(notification) !== undefined;
    if (!repeats.isNew(`${metadata.uid} ${eventIdentity(notification)}`, isFailure)) return;
    const tell = () => tellAlert(alert, spec, notification, { context, recorder, signal, backoff });
    if (lines.add(metadata.uid, tell)) return;
    const problem = 'too many notifications wait to be sent: some are dropped';
    recorder.record(alert, 'Warning', 'NotificationDispatchFailed', problem);
  }

  function onEvent(event: Stored<Event>): void {
    const notification = describeEvent(event);
    if (notification === undefined) return;
    for (const alert of known.list())
      offer(alert, notification).catch((error) => log.warn('an event is not told', { error: errorMessage(error) }));
  }

  const subscriptions = new DisposableStack();
  let isFollowing = false;
  subscriptions.use(
    known.onChange(() => {
      if (isFollowing) return;
      isFollowing = true;
      subscriptions.use(followEvents(context, context.reconciled?.namespace, onEvent));
    }),
  );
  return {
    [Symbol.asyncDispose]: async () => {
      stop.abort(new Error('notifications end'));
      subscriptions.dispose();
      await lines[Symbol.asyncDispose]();
    },
  };
}
