import { readFileSync } from 'node:fs';
import { parseZoneFile, type ZoneRecord } from './zone-file.ts';

/** Where a time is told: how far from UTC, and what that is called there. */
export interface Zone {
  /** As Go's Location.String(). */
  readonly name: string;
  /** Offset east of UTC in seconds, and its abbreviation ('' when it has none), at so many seconds since 1970. */
  at(seconds: number): { offset: number; abbreviation: string };
}

export const UTC: Zone = { name: 'UTC', at: () => ({ offset: 0, abbreviation: 'UTC' }) };

export function fixedZone(name: string, offset: number): Zone {
  return { name, at: () => ({ offset, abbreviation: name }) };
}

const known = new Map<string, Zone | undefined>();

/** A zone of the tz database by its name, as time.LoadLocation; undefined when there is none. */
export function findZone(name: string): Zone | undefined {
  if (name === '' || name === 'UTC') return UTC;
  if (name === 'Local') return localZone();
  if (!known.has(name)) known.set(name, loadZone(name));
  return known.get(name);
}

let local: Zone | undefined;

/** The zone of this system, under the name `Local`. */
export function localZone(): Zone {
  const name = new Intl.DateTimeFormat().resolvedOptions().timeZone;
  const zone = name === 'Local' ? UTC : (findZone(name) ?? UTC);
  local ??= { name: 'Local', at: (seconds) => zone.at(seconds) };
  return local;
}

function loadZone(name: string): Zone | undefined {
  if (!/^[A-Za-z0-9_+-]+(\/[A-Za-z0-9_+-]+)*$/.test(name)) return undefined;
  const format = offsetFormat(name);
  if (format === undefined) return undefined;
  const records = readRecords(name);
  return {
    name,
    at: (seconds) => {
      const offset = offsetAt(format, seconds);
      return { offset, abbreviation: abbreviationAt(records, seconds, offset) };
    },
  };
}

function offsetFormat(name: string): Intl.DateTimeFormat | undefined {
  try {
    return new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
      era: 'short',
    });
  } catch {
    return undefined;
  }
}

function offsetAt(format: Intl.DateTimeFormat, seconds: number): number {
  const parts = new Map(format.formatToParts(seconds * 1000).map(({ type, value }) => [type, value]));
  const part = (name: Intl.DateTimeFormatPartTypes) => Number(parts.get(name));
  const date = new Date(0);
  const year = parts.get('era') === 'BC' ? 1 - part('year') : part('year');
  date.setUTCFullYear(year, part('month') - 1, part('day'));
  date.setUTCHours(part('hour'), part('minute'), part('second'));
  return date.getTime() / 1000 - seconds;
}

function readRecords(name: string): readonly ZoneRecord[] {
  try {
    return parseZoneFile(readFileSync(`/usr/share/zoneinfo/${name}`));
  } catch {
    return [];
  }
}

/** What the offset was last called; `+01` where the system has no tz database. */
function abbreviationAt(records: readonly ZoneRecord[], seconds: number, offset: number): string {
  const fitting = records.filter((record) => record.offset === offset);
  const past = fitting.filter((record) => record.from <= seconds);
  const record = past.at(-1) ?? fitting[0];
  return record?.abbreviation ?? formatHours(offset);
}

function formatHours(offset: number): string {
  const minutes = Math.abs(offset) / 60;
  const hours = String(Math.floor(minutes / 60)).padStart(2, '0');
  const rest = minutes % 60 === 0 ? '' : String(minutes % 60).padStart(2, '0');
  return `${offset < 0 ? '-' : '+'}${hours}${rest}`;
}
