import { parseApiVersion } from '@croft/api/kind';
import type { Event } from '@croft/api/types';
import type { AlertSpec, Notification } from './types.ts';

/** Metadata of an event with this prefix was given by whoever made the object. */
const eventGroup = 'event.toolkit.fluxcd.io/';
/** What notifications need not tell: it only tells events apart, or is of no interest to people. */
const unheard = ['checksum', 'digest', 'failure', 'token'];

/** An Event of the API as a notification, with its metadata as it stands; undefined when it is about nothing in a namespace. */
export function describeEvent(event: Event): Notification | undefined {
  const { involvedObject, type, reason = '', message = '', metadata } = event;
  const { kind, namespace, name, apiVersion, uid, resourceVersion } = involvedObject;
  if (kind === undefined || namespace === undefined || name === undefined) return undefined;
  const instance = event.reportingInstance ?? '';
  return {
    involvedObject: {
      ...(apiVersion === undefined ? {} : { apiVersion }),
      kind,
      namespace,
      name,
      ...(uid === undefined ? {} : { uid }),
      ...(resourceVersion === undefined ? {} : { resourceVersion }),
    },
    severity: type === 'Warning' ? 'error' : 'info',
    timestamp: timeOf(event),
    message,
    reason,
    metadata: { ...metadata?.annotations },
    reportingController: event.reportingComponent || (event.source?.component ?? ''),
    ...(instance === '' ? {} : { reportingInstance: instance }),
  };
}

/** When it last happened: RFC 3339. */
export function timeOf({ lastTimestamp, eventTime, series, metadata }: Event): string {
  const told = lastTimestamp ?? series?.lastObservedTime ?? eventTime ?? metadata.creationTimestamp;
  return told === undefined || told === null ? '1970-01-01T00:00:00Z' : String(told);
}

/** What tells two events apart that happen within a short time; equal events are told once. */
export function eventIdentity(notification: Notification): string {
  const { involvedObject, message, metadata = {} } = notification;
  const { kind, namespace, name } = involvedObject;
  const prefix = groupPrefix(involvedObject);
  const failure = failureOf(notification);
  if (failure !== undefined) return JSON.stringify([kind, namespace, name, failure]);
  const facts = ['originRevision', 'revision', 'token'].map((key) => metadata[`${prefix}${key}`] ?? null);
  return JSON.stringify([kind, namespace, name, message, ...facts]);
}

/** The name of the failure that an event tells, where its controller gave one: the same for all tries of the same. */
export function failureOf({ involvedObject, severity, metadata = {} }: Notification): string | undefined {
  return severity === 'error' ? metadata[`${groupPrefix(involvedObject)}failure`] : undefined;
}

/**
 * The notification as an Alert tells it: names of metadata without their prefixes. What the controller told counts most,
 * then what the Alert adds, then annotations of the object (Flux RFC 0008).
 */
export function withAlertMetadata(
  notification: Notification,
  { eventMetadata = {}, summary }: Pick<AlertSpec, 'eventMetadata' | 'summary'>,
): Notification {
  const { metadata: told = {}, ...rest } = notification;
  const metadata = {
    ...unprefixed(told, eventGroup),
    ...eventMetadata,
    ...(summary === undefined || summary === '' ? {} : { summary }),
    ...withoutKeys(unprefixed(told, groupPrefix(notification.involvedObject)), unheard),
  };
  return Object.keys(metadata).length === 0 ? rest : { ...rest, metadata };
}

function groupPrefix({ apiVersion = '' }: Notification['involvedObject']): string {
  return `${parseApiVersion(apiVersion).group}/`;
}

function unprefixed(metadata: Record<string, string>, prefix: string): Record<string, string> {
  const own = Object.entries(metadata).filter(([key]) => key.startsWith(prefix));
  return Object.fromEntries(own.map(([key, value]) => [key.slice(prefix.length), value]));
}

function withoutKeys(metadata: Record<string, string>, keys: readonly string[]): Record<string, string> {
  return Object.fromEntries(Object.entries(metadata).filter(([key]) => !keys.includes(key)));
}
