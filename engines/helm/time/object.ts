import { defineJsonConversion } from '@croft/encoding/json/shape';
import { goMethod } from '@croft/gotemplate/functions';
import { type GoType, INT, INT64, namedNumberType, STRING } from '@croft/gotemplate/type';
import { GoNumber, GoStruct, structType, type Value } from '@croft/gotemplate/value';
import { formatDuration, roundDuration } from './duration.ts';
import { displayTime, formatTime } from './format.ts';
import { DAYS, MONTHS } from './layout.ts';
import { quoteText } from './quote.ts';
import { type CivilTime, civilTime, type Time, timeInZone, utcSeconds, ZERO_TIME } from './time.ts';
import { localZone, UTC } from './zone.ts';

/** time.Time, time.Duration and what belongs to them, as templates see them. */

const number = (value: Value): bigint => (value instanceof GoNumber ? BigInt(value.value as bigint) : 0n);

export const DURATION: GoType<GoNumber> = namedNumberType('time.Duration', 'int64', {
  String: goMethod<GoNumber>([], (value) => formatDuration(number(value))),
  Nanoseconds: goMethod<GoNumber>([], (value) => new GoNumber(INT64, number(value))),
  Microseconds: goMethod<GoNumber>([], (value) => new GoNumber(INT64, number(value) / 1_000n)),
  Milliseconds: goMethod<GoNumber>([], (value) => new GoNumber(INT64, number(value) / 1_000_000n)),
  Seconds: goMethod<GoNumber>([], (value) => Number(number(value)) / 1e9),
  Minutes: goMethod<GoNumber>([], (value) => Number(number(value)) / 6e10),
  Hours: goMethod<GoNumber>([], (value) => Number(number(value)) / 3.6e12),
});

const named = (type: string, names: readonly string[], from: number): GoType<GoNumber> =>
  namedNumberType(type, 'int', {
    String: goMethod<GoNumber>([], (value) => names[Number(number(value)) - from] ?? String(number(value))),
  });

const MONTH = named('time.Month', MONTHS, 1);
const WEEKDAY = named('time.Weekday', DAYS, 0);

type Receiver = GoStruct;
const timeOf = (value: Value): Time => (value instanceof GoStruct ? (value.native as Time) : ZERO_TIME);
const civil = (give: (time: CivilTime) => Value) => goMethod<Receiver>([], (value) => give(civilTime(timeOf(value))));
const unix = (unit: bigint) =>
  goMethod<Receiver>([], (value) => new GoNumber(INT64, floorDivide(timeOf(value).nanoseconds, unit)));

function floorDivide(value: bigint, by: bigint): bigint {
  const rest = ((value % by) + by) % by;
  return (value - rest) / by;
}

/** Parameters of type time.Time are written before the type itself is there. */
const SELF: GoType<GoStruct> = { name: 'time.Time', kind: 'struct', named: true };
const compare = (fits: (a: bigint, b: bigint) => Value) =>
  goMethod<Receiver, readonly [typeof SELF]>([SELF], (value, other) =>
    fits(timeOf(value).nanoseconds, timeOf(other).nanoseconds),
  );
const byDuration = (change: (nanoseconds: bigint, by: bigint) => bigint) =>
  goMethod<Receiver, readonly [typeof DURATION]>([DURATION], (value, by) => {
    const time = timeOf(value);
    return timeObject({ ...time, nanoseconds: change(time.nanoseconds, number(by)) });
  });

function addDate(value: Value, years: bigint, months: bigint, days: bigint): Value {
  const time = timeOf(value);
  const { year, month, day, hour, minute, second, nanosecond } = civilTime(time);
  const utc = utcSeconds(year + Number(years), month + Number(months), day + Number(days), hour, minute, second);
  return timeObject(timeInZone(utc, nanosecond, time.zone));
}

export const TIME = structType(
  'time.Time',
  [
    { name: 'wall', type: INT64 },
    { name: 'ext', type: INT64 },
    { name: 'loc', type: INT64 },
  ],
  {
    String: goMethod<Receiver>([], (value) => displayTime(timeOf(value))),
    GoString: goMethod<Receiver>([], (value) => goText(timeOf(value))),
    Format: goMethod<Receiver, readonly [typeof STRING]>([STRING], (value, layout) =>
      formatTime(timeOf(value), layout),
    ),
    Unix: unix(1_000_000_000n),
    UnixMilli: unix(1_000_000n),
    UnixMicro: unix(1_000n),
    UnixNano: unix(1n),
    Year: civil((time) => BigInt(time.year)),
    Month: civil((time) => new GoNumber(MONTH, BigInt(time.month))),
    Day: civil((time) => BigInt(time.day)),
    Hour: civil((time) => BigInt(time.hour)),
    Minute: civil((time) => BigInt(time.minute)),
    Second: civil((time) => BigInt(time.second)),
    Nanosecond: civil((time) => BigInt(time.nanosecond)),
    Weekday: civil((time) => new GoNumber(WEEKDAY, BigInt(time.weekday))),
    YearDay: civil((time) => BigInt(time.yearDay)),
    IsZero: goMethod<Receiver>([], (value) => timeOf(value).nanoseconds === ZERO_TIME.nanoseconds),
    UTC: goMethod<Receiver>([], (value) => timeObject({ ...timeOf(value), zone: UTC })),
    Local: goMethod<Receiver>([], (value) => timeObject({ ...timeOf(value), zone: localZone() })),
    Before: compare((a, b) => a < b),
    After: compare((a, b) => a > b),
    Equal: compare((a, b) => a === b),
    Compare: compare((a, b) => (a < b ? -1n : a > b ? 1n : 0n)),
    Sub: compare((a, b) => new GoNumber(DURATION, a - b)),
    Add: byDuration((nanoseconds, by) => nanoseconds + by),
    Truncate: byDuration((nanoseconds, by) => (by <= 0n ? nanoseconds : sinceZero(nanoseconds, by, false))),
    Round: byDuration((nanoseconds, by) => (by <= 0n ? nanoseconds : sinceZero(nanoseconds, by, true))),
    AddDate: goMethod<Receiver, readonly [typeof INT, typeof INT, typeof INT]>([INT, INT, INT], addDate),
  },
);
defineJsonConversion(TIME, (value) => formatTime(timeOf(value), '2006-01-02T15:04:05.999999999Z07:00'));

/** The time as an expression of Go. */
function goText(time: Time): string {
  const { year, month, day, hour, minute, second, nanosecond } = civilTime(time);
  const { name } = time.zone;
  const zone = name === 'UTC' || name === 'Local' ? `time.${name}` : `time.Location(${quoteText(name)})`;
  const parts = [year, `time.${MONTHS[month - 1]}`, day, hour, minute, second, nanosecond, zone];
  return `time.Date(${parts.join(', ')})`;
}

/** Go rounds times as spans since year 1. */
function sinceZero(nanoseconds: bigint, by: bigint, round: boolean): bigint {
  const span = nanoseconds - ZERO_TIME.nanoseconds;
  const rest = ((span % by) + by) % by;
  return (round ? roundDuration(span, by) : span - rest) + ZERO_TIME.nanoseconds;
}

const fields = new Map<string, Value>();

export function timeObject(time: Time): GoStruct {
  return new GoStruct(TIME, fields, time);
}
