import { UTC, type Zone } from './zone.ts';

/** A moment as Go's time.Time: nanoseconds since 1970, and the zone in which it is told. */
export interface Time {
  readonly nanoseconds: bigint;
  readonly zone: Zone;
}

export interface CivilTime {
  year: number;
  /** 1 to 12. */
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
  nanosecond: number;
  /** 0 is Sunday. */
  weekday: number;
  /** From 1. */
  yearDay: number;
  offset: number;
  abbreviation: string;
}

const SECOND = 1_000_000_000n;

/** The first moment of year 1: Go's zero Time. */
export const ZERO_TIME: Time = { nanoseconds: -62135596800n * SECOND, zone: UTC };

export function timeFromSeconds(seconds: bigint, zone: Zone): Time {
  return { nanoseconds: seconds * SECOND, zone };
}

/** Whole seconds since 1970, rounded down. */
export function unixSeconds(time: Time): bigint {
  const rest = ((time.nanoseconds % SECOND) + SECOND) % SECOND;
  return (time.nanoseconds - rest) / SECOND;
}

export function civilTime(time: Time): CivilTime {
  const seconds = Number(unixSeconds(time));
  const { offset, abbreviation } = time.zone.at(seconds);
  const date = new Date((seconds + offset) * 1000);
  const year = date.getUTCFullYear();
  return {
    year,
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    second: date.getUTCSeconds(),
    nanosecond: Number(((time.nanoseconds % SECOND) + SECOND) % SECOND),
    weekday: date.getUTCDay(),
    yearDay: Math.floor((date.getTime() - utcSeconds(year, 1, 1) * 1000) / 86_400_000) + 1,
    offset,
    abbreviation,
  };
}

/** Seconds since 1970 of a date and time in UTC; parts out of their range carry over. */
export function utcSeconds(year: number, month: number, day: number, hour = 0, minute = 0, second = 0): number {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(hour, minute, second);
  return date.getTime() / 1000;
}

/** The moment of a date and time in a zone, as time.Date: where clocks skip, the offset before holds. */
export function timeInZone(utc: number, nanosecond: number, zone: Zone): Time {
  let seconds = utc - zone.at(utc).offset;
  const { offset } = zone.at(seconds);
  if (seconds + offset !== utc) {
    const other = utc - offset;
    if (other + zone.at(other).offset === utc || zone.at(other).offset !== offset) seconds = other;
  }
  return { nanoseconds: BigInt(seconds) * SECOND + BigInt(nanosecond), zone };
}
