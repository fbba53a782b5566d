import { formatKey, keyOf, type Stored } from '@croft/api/object';
import type { ControllerContext } from '@croft/controller/controller';
import type { EventRecorder } from '@croft/controller/events';
import type { BackoffOptions } from '@croft/foundation/backoff';
import { errorMessage } from '@croft/foundation/errors';
import { deliver } from '../provider/deliver.ts';
import { type Destination, readDestination } from '../provider/destination.ts';
import { hideSecrets } from '../provider/hide-secrets.ts';
import { providers } from '../provider/types.ts';
import { withAlertMetadata } from './describe-event.ts';
import type { Alert, AlertSpec, Notification } from './types.ts';

export interface TellOptions {
  context: ControllerContext;
  recorder: EventRecorder;
  signal: AbortSignal;
  /** Between tries of one delivery. */
  backoff?: BackoffOptions | undefined;
}

/** Delivers a notification through the Provider of an Alert. A failure becomes an Event on the Alert; it never rejects. */
export async function tellAlert(
  alert: Stored<Alert>,
  spec: AlertSpec,
  notification: Notification,
  { context: { client, clock, log }, recorder, signal, backoff }: TellOptions,
): Promise<void> {
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
