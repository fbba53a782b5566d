import { quoteString } from '@croft/gotemplate/fmt/quote';
import { display } from '@croft/gotemplate/fmt/sprint';
import { sprintf } from '@croft/gotemplate/fmt/sprintf';
import type { Value } from '@croft/gotemplate/value';
import type { Chart } from '../chart/chart.ts';
import { copyValues, isTable, type Values } from './copy.ts';

/** Takes one line about something that was passed over. */
export type Warn = (text: string) => void;

interface Manner {
  /** Keep nulls, for values that are coalesced again later. */
  merge: boolean;
  warn: Warn;
  helmVersion: 3 | 4;
}

const GLOBAL = 'global';

/**
 * The values that a chart sees: given ones over the defaults of the chart and its subcharts, globals handed down. A null
 * deletes what the chart gives. Throws when the values of a subchart are no table.
 */
export function coalesceValues(chart: Chart, values: Values, warn: Warn, helmVersion: 3 | 4 = 3): Values {
  return coalesce(chart, copyValues(values), '', { merge: false, warn, helmVersion });
}

/** As coalesceValues, but nulls stay. */
export function mergeValues(chart: Chart, values: Values, warn: Warn, helmVersion: 3 | 4 = 3): Values {
  return coalesce(chart, copyValues(values), '', { merge: true, warn, helmVersion });
}

/** Fills `into` with what it lacks from `from`. Gives `into`. */
export function mergeInto(into: Values, from: Values, warn: Warn, helmVersion: 3 | 4 = 3): Values {
  return fillTable(into, from, '', { merge: true, warn, helmVersion });
}

/** As mergeInto, but a null of `into` deletes what `from` has. */
export function coalesceInto(into: Values, from: Values, warn: Warn, helmVersion: 3 | 4 = 3): Values {
  return fillTable(into, from, '', { merge: false, warn, helmVersion });
}

function joinKey(prefix: string, key: string): string {
  return prefix === '' ? key : `${prefix}.${key}`;
}

function coalesce(chart: Chart, into: Values, prefix: string, manner: Manner): Values {
  fillDefaults(chart, into, prefix, manner);
  for (const child of chart.dependencies) {
    const name = child.metadata.name;
    if (!into.has(name)) into.set(name, new Map());
    const values = into.get(name) ?? null;
    if (!isTable(values)) throw new Error(sprintf('type mismatch on %s: %t', [name, values]));
    const childPrefix = joinKey(prefix, chart.metadata.name);
    fillGlobals(values, into, childPrefix, manner);
    into.set(name, coalesce(child, values, childPrefix, manner));
  }
  return into;
}

function fillGlobals(into: Values, from: Values, prefix: string, manner: Manner): void {
  const { warn } = manner;
  const target = into.has(GLOBAL) ? into.get(GLOBAL) : new Map<string, Value>();
  if (!isTable(target)) return warn(`warning: skipping globals because destination ${GLOBAL} is not a table.`);
  const source = from.has(GLOBAL) ? from.get(GLOBAL) : new Map<string, Value>();
  if (!isTable(source)) return warn(`warning: skipping globals because source ${GLOBAL} is not a table.`);
  for (const [key, value] of source) {
    if (isTable(value)) fillGlobalTable(target, key, value, prefix, manner);
    else if (isTable(target.get(key))) warn(`key ${key} is table. Skipping`);
    else target.set(key, value);
  }
  into.set(GLOBAL, target);
}

function fillGlobalTable(target: Values, key: string, value: Values, prefix: string, manner: Manner): void {
  const copy = new Map(value);
  if (target.has(key)) {
    const existing = target.get(key);
    if (!isTable(existing)) {
      return manner.warn(`Conflict: cannot merge map onto non-map for ${quoteString(key)}. Skipping.`);
    }
    // The parent's globals win here, and nulls stay: the child's come again from its own values.
    fillTable(copy, existing, joinKey(prefix, key), { ...manner, merge: true });
  }
  target.set(key, copy);
}

function fillDefaults(chart: Chart, into: Values, prefix: string, manner: Manner): void {
  const path = joinKey(prefix, chart.metadata.name);
  const cleans = manner.helmVersion === 4 && !manner.merge;
  for (const [key, value] of copyValues(chart.values ?? new Map())) {
    if (!into.has(key)) {
      if (cleans && value === null) continue;
      if (cleans && isTable(value)) deleteNulls(value);
      into.set(key, value);
      continue;
    }
    const given = into.get(key) ?? null;
    if (given === null && !manner.merge) {
      into.delete(key);
    } else if (isTable(given)) {
      if (isTable(value)) {
        const isChild = chart.dependencies.some((child) => child.metadata.name === key);
        if (cleans && !isChild) deleteNulls(value);
        fillTable(given, value, joinKey(path, key), { ...manner, merge: manner.merge || isChild });
      } else if (value !== null) {
        manner.warn(`warning: skipped value for ${path}.${key}: Not a table.`);
      }
    }
  }
}

/** Helm 4 lets no null of a chart's defaults through. */
function deleteNulls(table: Values): void {
  for (const [key, value] of table) {
    if (value === null) table.delete(key);
    else if (isTable(value)) deleteNulls(value);
  }
}

function fillTable(into: Values, from: Values, prefix: string, manner: Manner): Values {
  const { merge, warn, helmVersion } = manner;
  for (const [key, value] of from) {
    const path = joinKey(prefix, key);
    const existing = into.get(key);
    if (existing === null && !merge && (helmVersion === 3 || value !== null)) {
      into.delete(key);
    } else if (existing === undefined) {
      into.set(key, value);
    } else if (isTable(value)) {
      if (isTable(existing)) fillTable(existing, value, path, manner);
      else warn(`warning: cannot overwrite table with non table for ${path} (${display(value)})`);
    } else if (isTable(existing) && value !== null) {
      warn(`warning: destination for ${path} is a table. Ignoring non-table value (${display(value)})`);
    }
  }
  return into;
}
