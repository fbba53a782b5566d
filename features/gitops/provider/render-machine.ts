import { createHmac } from 'node:crypto';
import { basicAuth } from '@croft/repository/http/connection';
import type { Notification } from '../alert/types.ts';
import type { Destination } from './destination.ts';
import { DeliveryError, type HttpMessage } from './http-message.ts';

/** The event itself, as Flux forwards it. */
export function renderGeneric(notification: Notification, { address: url, headers }: Destination): HttpMessage {
  return {
    url,
    headers: { 'gotk-component': notification.reportingController, ...headers },
    body: JSON.stringify(notification),
  };
}

/** The same with an HMAC of the body under the token in `X-Signature`. */
export function renderSigned(notification: Notification, destination: Destination): HttpMessage {
  if (destination.token === '')
    throw new DeliveryError('the Secret named in secretRef needs the key token, which signs the requests', false);
  const message = renderGeneric(notification, destination);
  const signature = createHmac('sha256', destination.token).update(String(message.body)).digest('hex');
  return { ...message, headers: { ...message.headers, 'X-Signature': `sha256=${signature}` } };
}

/** An alert for the API v2 of Prometheus' Alertmanager. */
export function renderAlertmanager(notification: Notification, destination: Destination): HttpMessage {
  const { address: url, token, username, password } = destination;
  const { involvedObject, severity, reason, message, timestamp, reportingController } = notification;
  const { summary, ...metadata } = notification.metadata ?? {};
  const { kind, name, namespace } = involvedObject;
  const title = `${reason.slice(0, 1).toUpperCase()}${reason.slice(1).toLowerCase()}`;
  const labels = {
    ...metadata,
    alertname: `Flux${kind}${title}`,
    severity,
    reason,
    kind,
    name,
    namespace,
    reportingcontroller: reportingController,
  };
  const annotations = { message, ...(summary === undefined ? {} : { summary }) };
  const bearer = token === '' ? {} : { authorization: `Bearer ${token}` };
  const basic = username !== '' && password !== '' ? { authorization: basicAuth({ username, password }) } : bearer;
  return { url, headers: basic, body: [{ status: 'firing', labels, annotations, startsAt: timestamp }] };
}
