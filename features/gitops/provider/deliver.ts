import { type BackoffOptions, backoffMs } from '@croft/foundation/backoff';
import type { Clock } from '@croft/foundation/clock';
import type { Notification } from '../alert/types.ts';
import type { Destination } from './destination.ts';
import { DeliveryError, type HttpMessage, sendMessage } from './http-message.ts';
import { renderAlertmanager, renderGeneric, renderSigned } from './render-machine.ts';
import { renderMatrix } from './render-matrix.ts';
import { renderDiscord, renderRocket, renderSlack } from './render-slack.ts';
import { renderTeams } from './render-teams.ts';
import { renderTelegram } from './render-telegram.ts';
import { sendMail } from './send-mail.ts';

type Renderer = (notification: Notification, destination: Destination) => HttpMessage;

/** What is sent over HTTP to each type of Provider. */
const renderers: Record<string, Renderer> = {
  generic: renderGeneric,
  'generic-hmac': renderSigned,
  slack: renderSlack,
  mattermost: renderSlack,
  rocket: renderRocket,
  discord: renderDiscord,
  matrix: renderMatrix,
  telegram: renderTelegram,
  msteams: renderTeams,
  alertmanager: renderAlertmanager,
};

export function isSupportedProvider(type: string): boolean {
  return type === 'email' || Object.hasOwn(renderers, type);
}

export interface DeliverOptions {
  clock: Clock;
  signal: AbortSignal;
  /** Between tries; 2 s up to 30 s when left out, as in Flux. */
  backoff?: BackoffOptions | undefined;
}

const defaultBackoff: BackoffOptions = { firstMs: 2_000, maxMs: 30_000 };
const mostTries = 5;
const longestRetryAfterMs = 60_000;

/** Tells it, again and again while the failure may pass. Throws DeliveryError of the last try, or the signal's reason. */
export async function deliver(
  notification: Notification,
  destination: Destination,
  { clock, signal, backoff = defaultBackoff }: DeliverOptions,
): Promise<void> {
  for (let failures = 1; ; failures++) {
    try {
      return await deliverOnce(notification, destination, signal);
    } catch (error) {
      if (!(error instanceof DeliveryError) || !error.isPassing || failures === mostTries) throw error;
      const askedMs = Math.min(error.retryAfterMs ?? 0, longestRetryAfterMs);
      await clock.wait(Math.max(askedMs, backoffMs(failures, backoff)), signal);
    }
  }
}

async function deliverOnce(notification: Notification, destination: Destination, signal: AbortSignal): Promise<void> {
  if (destination.type === 'email') return await sendMail(notification, destination, signal);
  const render = Object.hasOwn(renderers, destination.type) ? renderers[destination.type] : undefined;
  if (render === undefined)
    throw new DeliveryError(`the type ${destination.type} of the Provider is not supported here: use generic`, false);
  await sendMessage(render(notification, destination), destination, signal);
}
