import { goFunction } from '@croft/gotemplate/functions';
import { ANY, INT32, INT64, STRING } from '@croft/gotemplate/type';
import { GoNumber, GoPointer, GoStruct, type Value } from '@croft/gotemplate/value';
import { formatDuration, parseDuration, roundDuration } from '../time/duration.ts';
import { formatTime } from '../time/format.ts';
import { TIME, timeObject } from '../time/object.ts';
import { parseTime } from '../time/parse.ts';
import { type Time, timeFromSeconds, unixSeconds, ZERO_TIME } from '../time/time.ts';
import { findZone, localZone, UTC } from '../time/zone.ts';
import type { FunctionGroup } from './group.ts';

const SECOND = 1_000_000_000n;

function timeOf(value: Value): Time | undefined {
  if (value instanceof GoStruct && value.type.name === TIME.name) return value.native as Time;
  if (value instanceof GoPointer && value.target !== null) return timeOf(value.target);
  if (typeof value === 'bigint') return timeFromSeconds(value, localZone());
  if (value instanceof GoNumber && (value.type === INT64 || value.type === INT32) && typeof value.value === 'bigint') {
    return timeFromSeconds(value.value, localZone());
  }
  return undefined;
}

function modify(change: string, value: GoStruct): Value {
  const time = value.native as Time;
  return timeObject({ ...time, nanoseconds: time.nanoseconds + parseDuration(change) });
}

function tryModify(change: string, value: GoStruct): Value {
  try {
    return modify(change, value);
  } catch {
    return value;
  }
}

function tryParse(layout: string, text: string): Value {
  try {
    return timeObject(parseTime(layout, text, localZone()));
  } catch {
    return timeObject(ZERO_TIME);
  }
}

/** Whole seconds as a duration; anything but text and int64 counts as none. */
function duration(value: Value): string {
  let seconds = 0n;
  if (typeof value === 'string' && /^[-+]?[0-9]+$/.test(value)) seconds = BigInt(value.replace('+', ''));
  else if (value instanceof GoNumber && value.type === INT64) seconds = value.value as bigint;
  return formatDuration(BigInt.asIntN(64, seconds * SECOND));
}

const spans: readonly (readonly [bigint, string])[] = [
  [365n * 24n * 3600n, 'y'],
  [30n * 24n * 3600n, 'mo'],
  [24n * 3600n, 'd'],
  [3600n, 'h'],
  [60n, 'm'],
  [1n, 's'],
];

/** The largest unit of which there is more than one. */
function roundSpan(nanoseconds: bigint): string {
  const span = nanoseconds < 0n ? -nanoseconds : nanoseconds;
  for (const [seconds, unit] of spans) if (span > seconds * SECOND) return `${span / (seconds * SECOND)}${unit}`;
  return '0s';
}

/** The functions about dates; `nowMs` tells the time. */
export function dateFunctions(nowMs: () => number): FunctionGroup {
  const now = (): Time => ({ nanoseconds: BigInt(Math.round(nowMs() * 1e6)), zone: localZone() });
  const inZone = (layout: string, value: Value, zone: string) =>
    formatTime({ ...(timeOf(value) ?? now()), zone: findZone(zone) ?? UTC }, layout);
  const dateInZone = goFunction([STRING, ANY, STRING], inZone);
  const dateModify = goFunction([STRING, TIME], tryModify);
  const mustDateModify = goFunction([STRING, TIME], modify);
  return {
    now: goFunction([], () => timeObject(now())),
    date: goFunction([STRING, ANY], (layout, value) => inZone(layout, value, 'Local')),
    dateInZone,
    date_in_zone: dateInZone,
    dateModify,
    date_modify: dateModify,
    mustDateModify,
    must_date_modify: mustDateModify,
    htmlDate: goFunction([ANY], (value) => inZone('2006-01-02', value, 'Local')),
    htmlDateInZone: goFunction([ANY, STRING], (value, zone) => inZone('2006-01-02', value, zone)),
    toDate: goFunction([STRING, STRING], tryParse),
    mustToDate: goFunction([STRING, STRING], (layout, text) => timeObject(parseTime(layout, text, localZone()))),
    unixEpoch: goFunction([TIME], (value) => String(unixSeconds(value.native as Time))),
    ago: goFunction([ANY], (value) => {
      const then = timeOf(value instanceof GoPointer ? null : value) ?? now();
      return formatDuration(roundDuration(now().nanoseconds - then.nanoseconds, SECOND));
    }),
    duration: goFunction([ANY], duration),
    durationRound: goFunction([ANY], (value) => {
      if (typeof value === 'string') return roundSpan(durationOrZero(value));
      if (value instanceof GoNumber && value.type === INT64) return roundSpan(value.value as bigint);
      if (value instanceof GoStruct && value.type.name === TIME.name) {
        return roundSpan(now().nanoseconds - (value.native as Time).nanoseconds);
      }
      return '0s';
    }),
  };
}

function durationOrZero(text: string): bigint {
  try {
    return parseDuration(text);
  } catch {
    return 0n;
  }
}
