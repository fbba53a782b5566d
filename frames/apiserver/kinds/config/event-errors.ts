import { type FieldError, invalidField, requiredField } from '@croft/api/field-error';
import { checkImmutable, checkQualifiedName } from '../check.ts';
import type { Event } from './event-fields.ts';

// pkg/apis/core/validation/events.go

/** The rules of events of all times. `controller` is what the version calls the component that reports. */
export function checkEvent(event: Event, controller: string): FieldError[] {
  const hasTime = isSet(event.eventTime);
  return [...checkNamespace(event, hasTime), ...(hasTime ? checkReport(event, controller) : [])];
}

const isSet = (value: unknown) => value !== undefined && value !== null && value !== '';

/** An event lies where its object does; those of cluster-scoped objects in `default`. */
function checkNamespace({ metadata, involvedObject }: Event, hasTime: boolean): FieldError[] {
  const own = metadata?.namespace ?? '';
  const about = involvedObject?.namespace ?? '';
  const open = hasTime ? ['default', 'kube-system'] : ['', 'default'];
  const fits = about === '' ? open.includes(own) : hasTime || about === own;
  return fits ? [] : [invalidField('involvedObject.namespace', about, 'does not match event.namespace')];
}

function checkReport(event: Event, controller: string): FieldError[] {
  const { reportingComponent = '', reportingInstance, action, reason, message } = event;
  const named = { reportingInstance, action, reason };
  return [
    ...(reportingComponent === '' ? [requiredField(controller)] : []),
    ...checkQualifiedName(controller, reportingComponent),
    ...Object.entries(named).flatMap(([field, text]) =>
      text ? checkLength(field, text, 128) : [requiredField(field)],
    ),
    ...checkLength('message', message ?? '', 1024),
  ];
}

function checkLength(path: string, text: string, most: number): FieldError[] {
  const bytes = Buffer.byteLength(text);
  return bytes <= most ? [] : [invalidField(path, '', `can have at most ${most} characters`)];
}

/** Events of events.k8s.io have nothing of the older ones. */
export function checkNewEvent(event: Event): FieldError[] {
  const { type = '', source, series } = event;
  const unset: [string, boolean][] = [
    ['firstTimestamp', !isSet(event.firstTimestamp)],
    ['lastTimestamp', !isSet(event.lastTimestamp)],
    ['count', !event.count],
    ['source', !source?.component && !source?.host],
  ];
  const errors = checkEvent(event, 'reportingController');
  if (series !== undefined) {
    if ((series.count ?? 0) < 2) errors.push(invalidField('series.count', '', 'should be at least 2'));
    if (!isSet(series.lastObservedTime)) errors.push(requiredField('series.lastObservedTime'));
  }
  if (!isSet(event.eventTime)) errors.push(requiredField('eventTime'));
  if (type !== 'Normal' && type !== 'Warning') {
    errors.push(invalidField('type', '', `has invalid value: ${type}`));
  }
  const wrong = unset.filter(([, holds]) => !holds);
  return [...errors, ...wrong.map(([field]) => invalidField(field, '', 'needs to be unset'))];
}

const fixed = [
  ['involvedObject', 'involvedObject'],
  ['reason', 'reason'],
  ['message', 'message'],
  ['type', 'type'],
  ['eventTime', 'eventTime'],
  ['action', 'action'],
  ['reportingComponent', 'reportingController'],
  ['reportingInstance', 'reportingInstance'],
] as const;

/** Only that it happened again may be added to an event. */
export function checkSameEvent(event: Event, old: Event): FieldError[] {
  return fixed.flatMap(([field, called]) => checkImmutable(called, event[field], old[field]));
}
