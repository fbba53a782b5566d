import { errorMessage } from '@croft/foundation/errors';
import { ANY, mapType, sliceType } from '@croft/gotemplate/type';
import { GoSlice, type Value } from '@croft/gotemplate/value';
import { parse, TomlDate } from 'smol-toml';
import { int64 } from '../functions/cast.ts';
import { timeObject } from '../time/object.ts';
import { fixedZone, UTC } from '../time/zone.ts';

const TABLES = sliceType({ ...mapType(ANY), name: 'map[string]interface {}' });

/** Reads TOML as BurntSushi/toml does into a map: integers are int64, dates are times. Throws. */
export function readToml(text: string): Map<string, Value> {
  let parsed: Record<string, unknown>;
  try {
    parsed = parse(text, { integersAsBigInt: true });
  } catch (error) {
    throw new Error(`toml: ${errorMessage(error)}`);
  }
  return tableOf(parsed);
}

function tableOf(table: Record<string, unknown>): Map<string, Value> {
  return new Map(Object.entries(table).map(([key, value]) => [key, tomlValue(value)]));
}

function tomlValue(value: unknown): Value {
  if (typeof value === 'bigint') return int64(value);
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  if (value instanceof TomlDate) return dateOf(value);
  if (Array.isArray(value)) {
    const items = value.map(tomlValue);
    const areTables = items.length > 0 && items.every((item) => item instanceof Map);
    return areTables ? new GoSlice(TABLES, items) : items;
  }
  return tableOf(value as Record<string, unknown>);
}

/** Dates without a zone are told in zones of their own, which say what was left out. */
function dateOf(date: TomlDate): Value {
  const nanoseconds = BigInt(date.getTime()) * 1_000_000n;
  if (date.isDateTime() && !date.isLocal()) return timeObject({ nanoseconds, zone: UTC });
  const name = date.isDate() ? 'date-local' : date.isTime() ? 'time-local' : 'datetime-local';
  return timeObject({ nanoseconds, zone: fixedZone(name, 0) });
}
