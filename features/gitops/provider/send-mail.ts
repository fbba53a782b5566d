import { errorMessage } from '@croft/foundation/errors';
import { createTransport } from 'nodemailer';
import type { Notification } from '../alert/types.ts';
import type { Destination } from './destination.ts';
import { DeliveryError } from './http-message.ts';
import { sortedMetadata } from './render-text.ts';

/**
 * Sends a mail to those named in `channel`, from `username`, through the server at `smtp://HOST:PORT` (with STARTTLS, which
 * must be there when there is a password) or `smtps://HOST:PORT`. Throws DeliveryError, or the signal's reason.
 */
export async function sendMail(
  notification: Notification,
  destination: Destination,
  signal: AbortSignal,
): Promise<void> {
  const { address, channel, username, password, connection } = destination;
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url === undefined || !['smtp:', 'smtps:'].includes(url.protocol) || url.hostname === '')
    throw new DeliveryError('the address of the Provider is no smtp://HOST:PORT or smtps://HOST:PORT', false);
  if (channel === '') throw new DeliveryError('the Provider names no receiver of mails in channel', false);
  const isTls = url.protocol === 'smtps:';
  const { timeoutMs = 15_000, tls = {} } = connection;
  const transport = createTransport({
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? (isTls ? 465 : 587) : Number(url.port),
    secure: isTls,
    requireTLS: password !== '',
    ...(password === '' ? {} : { auth: { user: username, pass: password } }),
    tls: { ...tls },
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const aborted = Promise.withResolvers<never>();
  const abort = () => aborted.reject(signal.reason);
  signal.addEventListener('abort', abort);
  try {
    await Promise.race([transport.sendMail(renderMail(notification, destination)), aborted.promise]);
  } catch (error) {
    if (signal.aborted) throw error;
    const code = error instanceof Error && 'responseCode' in error ? Number(error.responseCode) : 0;
    throw new DeliveryError(`the mail server ${url.host}: ${errorMessage(error)}`, code < 500, undefined, error);
  } finally {
    signal.removeEventListener('abort', abort);
    transport.close();
  }
}

function renderMail(notification: Notification, { channel, username, sender }: Destination) {
  const { severity, involvedObject, reason, message, reportingController, timestamp } = notification;
  const name = `${involvedObject.kind} ${involvedObject.namespace}/${involvedObject.name}`;
  const metadata = sortedMetadata(notification).map(([key, value]) => `${key}: ${value}`);
  return {
    from: sender || username,
    to: channel,
    subject: `[${severity}] ${name}: ${reason}`,
    text: [`${name}`, '', message, '', ...metadata, `time: ${timestamp}`, `from: ${reportingController}`, ''].join(
      '\n',
    ),
    headers: { 'Auto-Submitted': 'auto-generated' },
  };
}
