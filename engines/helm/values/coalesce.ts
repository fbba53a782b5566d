import { display } from '@croft/gotemplate/fmt/sprint';
import { sprintf } from '@croft/gotemplate/fmt/sprintf';
import type { Value } from '@croft/gotemplate/value';
import type { Chart } from '../chart/chart.ts';
import { copyValues, isTable, type Values } from './copy.ts';

/** Takes one line about something that was passed over. */
export type Warn = (text: string) => void;

const GLOBAL = 'global';

/**
 * The values that a chart sees: given ones over the defaults of the chart and its subcharts, globals handed down. A null
 * deletes what the chart gives. Throws when the values of a subchart are no table.
 */
export function coalesceValues(chart: Chart, values: Values, warn: Warn): Values {
  return coalesce(chart, copyValues(values), '', false, warn);
}

/** As coalesceValues, but nulls stay: for charts whose values are coalesced again later. */
export function mergeValues(chart: Chart, values: Values, warn: Warn): Values {
  return coalesce(chart, copyValues(values), '', true, warn);
}

function joinKey(prefix: string, key: string): string {
  return prefix === '' ? key : `${prefix}.${key}`;
}

function coalesce(chart: Chart, into: Values, prefix: string, merge: boolean, warn: Warn): Values {
  coalesceDefaults(chart, into, prefix, merge, warn);
  for (const child of chart.dependencies) {
    const name = child.metadata.name;
    if (!into.has(name)) into.set(name, new Map());
    const values = into.get(name) ?? null;
    if (!isTable(values)) throw new Error(sprintf('type mismatch on %s: %t', [name, values]));
    const childPrefix = joinKey(prefix, chart.metadata.name);
    coalesceGlobals(values, into, childPrefix, warn);
    into.set(name, coalesce(child, values, childPrefix, merge, warn));
  }
  return into;
}

function coalesceGlobals(into: Values, from: Values, prefix: string, warn: Warn): void {
  const target = into.has(GLOBAL) ? into.get(GLOBAL) : new Map<string, Value>();
  if (!isTable(target)) return warn(`warning: skipping globals because destination ${GLOBAL} is not a table.`);
  const source = from.has(GLOBAL) ? from.get(GLOBAL) : new Map<string, Value>();
  if (!isTable(source)) return warn(`warning: skipping globals because source ${GLOBAL} is not a table.`);
  for (const [key, value] of source) {
    const existing = target.get(key);
    if (isTable(value)) coalesceGlobalTable(target, key, value, prefix, warn);
    else if (isTable(existing)) warn(`key ${key} is table. Skipping`);
    else target.set(key, value);
  }
  into.set(GLOBAL, target);
}

function coalesceGlobalTable(target: Values, key: string, value: Values, prefix: string, warn: Warn): void {
  const copy = new Map(value);
  if (!target.has(key)) {
    target.set(key, copy);
    return;
  }
  const existing = target.get(key);
  if (!isTable(existing)) return warn(`Conflict: cannot merge map onto non-map for ${JSON.stringify(key)}. Skipping.`);
  // The parent's globals win here, and nulls stay: the child's come again from its own values.
  coalesceTables(copy, existing, joinKey(prefix, key), true, warn);
  target.set(key, copy);
}

function coalesceDefaults(chart: Chart, into: Values, prefix: string, merge: boolean, warn: Warn): void {
  const path = joinKey(prefix, chart.metadata.name);
  for (const [key, value] of copyValues(chart.values ?? new Map())) {
    if (!into.has(key)) {
      into.set(key, value);
      continue;
    }
    const given = into.get(key) ?? null;
    if (given === null && !merge) {
      into.delete(key);
    } else if (isTable(given)) {
      if (isTable(value)) {
        const isChild = chart.dependencies.some((child) => child.metadata.name === key);
        coalesceTables(given, value, joinKey(path, key), merge || isChild, warn);
      } else if (value !== null) {
        warn(`warning: skipped value for ${path}.${key}: Not a table.`);
      }
    }
  }
}

/** Fills `into` with what it lacks from `from`; its own nulls delete unless `merge`. Gives `into`. */
export function coalesceTables(into: Values, from: Values, prefix: string, merge: boolean, warn: Warn): Values {
  for (const [key, value] of from) {
    const path = joinKey(prefix, key);
    const existing = into.get(key);
    if (existing === null && !merge) {
      into.delete(key);
    } else if (existing === undefined) {
      into.set(key, value);
    } else if (isTable(value)) {
      if (isTable(existing)) coalesceTables(existing, value, path, merge, warn);
      else warn(`warning: cannot overwrite table with non table for ${path} (${display(value)})`);
    } else if (isTable(existing) && value !== null) {
      warn(`warning: destination for ${path} is a table. Ignoring non-table value (${display(value)})`);
    }
  }
  return into;
}
