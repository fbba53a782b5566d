import type { UnknownObject } from '@croft/api/object';
import { formatAge } from '../ages.ts';
import { defineTable, nameOf } from '../columns.ts';
import type { KindParts } from '../define.ts';
import { checkEvent, checkNewEvent, checkSameEvent } from './event-errors.ts';
import type { Event, Reference } from './event-fields.ts';

const table = defineTable<Event>(
  'Last Seen,Type,Reason,Object,+Subobject,+Source,Message,+First Seen,+Count,+Name*',
  (event, nowMs) => {
    const { involvedObject: about, source, series } = event;
    const first = event.firstTimestamp ?? event.eventTime;
    const last = series?.lastObservedTime ?? event.lastTimestamp ?? first;
    return [
      formatAge(last, nowMs),
      event.type ?? '',
      event.reason ?? '',
      formatObject(about),
      about?.fieldPath ?? '',
      formatSource(source, event),
      (event.message ?? '').trim(),
      formatAge(first, nowMs),
      series?.count ?? (event.count || 1),
      nameOf(event),
    ];
  },
);

function formatObject(about: Reference | undefined): string {
  const kind = (about?.kind ?? '').toLowerCase();
  return about?.name ? `${kind}/${about.name}` : kind;
}

function formatSource(source: Event['source'], event: Event): string {
  const component = source?.component || event.reportingComponent || '';
  const host = source?.host || event.reportingInstance || '';
  return host === '' ? component : `${component}, ${host}`;
}

export const eventRules: KindParts<Event> = {
  createsOnUpdate: true,
  validate: (event) => checkEvent(event, 'reportingComponent'),
  selectableFields: fieldsOf,
  table,
};

function fieldsOf(event: Event): Record<string, string> {
  const about = event.involvedObject ?? {};
  const names = ['kind', 'namespace', 'name', 'uid', 'apiVersion', 'resourceVersion', 'fieldPath'] as const;
  const source = event.source?.component || event.reportingComponent || '';
  return {
    ...Object.fromEntries(names.map((name) => [`involvedObject.${name}`, about[name] ?? ''])),
    reason: event.reason ?? '',
    reportingComponent: event.reportingComponent ?? '',
    source,
    type: event.type ?? '',
  };
}

const renamed: readonly [string, string][] = [
  ['involvedObject', 'regarding'],
  ['message', 'note'],
  ['source', 'deprecatedSource'],
  ['firstTimestamp', 'deprecatedFirstTimestamp'],
  ['lastTimestamp', 'deprecatedLastTimestamp'],
  ['count', 'deprecatedCount'],
  ['reportingComponent', 'reportingController'],
];

/** events.k8s.io/v1 has other names for the same fields. */
export const newEventRules: KindParts<UnknownObject> = {
  createsOnUpdate: true,
  validate: (event) => checkNewEvent(coreEvent(event)),
  validateUpdate: (event, old) => [
    ...checkEvent(coreEvent(event), 'reportingController'),
    ...checkSameEvent(coreEvent(event), coreEvent(old)),
  ],
  selectableFields: (event) => ({
    ...Object.fromEntries(
      Object.entries(fieldsOf(coreEvent(event))).map(([name, value]) => [
        name.replace('involvedObject', 'regarding').replace('reportingComponent', 'reportingController'),
        value,
      ]),
    ),
  }),
  table: { ...table, cells: (event, nowMs) => table.cells(toCore(event), nowMs) },
  toStored: toCore,
  fromStored: (event) => rename({ ...event, apiVersion: 'events.k8s.io/v1' }, renamed),
};

const coreEvent = (event: UnknownObject) => toCore(event) as UnknownObject & Event;

function toCore(event: UnknownObject): UnknownObject {
  const back = renamed.map(([core, current]): [string, string] => [current, core]);
  const stored = rename({ ...event, apiVersion: 'v1' }, back);
  stored.reportingComponent ??= '';
  stored.reportingInstance ??= '';
  return stored;
}

function rename(event: UnknownObject, names: readonly [string, string][]): UnknownObject {
  const map = new Map(names);
  const entries = Object.entries(event).map(([name, value]): [string, unknown] => [map.get(name) ?? name, value]);
  return Object.fromEntries(entries.filter(([name, value]) => !(name === 'reportingController' && value === '')));
}
