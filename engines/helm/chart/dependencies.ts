import { display } from '@croft/gotemplate/fmt/sprint';
import type { Value } from '@croft/gotemplate/value';
import { isCompatible } from '../semver/constraint.ts';
import { coalesceValues, mergeInto, mergeValues, type Warn } from '../values/coalesce.ts';
import { isTable, type Values } from '../values/copy.ts';
import { findPathValue, findTable } from '../values/path.ts';
import { type Chart, copyChart, type Dependency, setDependencies } from './chart.ts';

/**
 * A copy of the chart with the subcharts that its dependencies, their conditions and tags leave in it, under their aliases,
 * and with the values that they export. `values` are the user's. Throws when the values of a subchart are no table.
 */
export function processDependencies(chart: Chart, values: Values, warn: Warn, helmVersion: 3 | 4 = 3): Chart {
  const copy = copyChart(chart);
  enableDependencies(copy, values, '', warn, helmVersion);
  importValues(copy, warn, helmVersion);
  return copy;
}

/** The names of dependencies that Chart.yaml lists and `charts/` lacks. */
export function findMissingDependencies(chart: Chart): string[] {
  const present = new Set(chart.dependencies.map((child) => child.metadata.name));
  const wanted = (chart.metadata.dependencies ?? []).flatMap((dependency) => dependency?.name ?? []);
  return wanted.filter((name) => !present.has(name));
}

function fits(child: Chart, dependency: Dependency): boolean {
  return child.metadata.name === dependency.name && isCompatible(dependency.version, child.metadata.version);
}

function enableDependencies(chart: Chart, values: Values, path: string, warn: Warn, helmVersion: 3 | 4): void {
  if (chart.metadata.dependencies === undefined) return;
  const wanted = chart.metadata.dependencies.filter((dependency) => dependency !== null);
  const children = chart.dependencies.filter((child) => !wanted.some((dependency) => fits(child, dependency)));
  for (const dependency of wanted) {
    const child = chart.dependencies.find((candidate) => fits(candidate, dependency));
    if (child !== undefined) children.push(aliased(child, dependency, helmVersion));
    if (dependency.alias !== '') dependency.name = dependency.alias;
    dependency.enabled = true;
  }
  setDependencies(chart, children);
  const seen = coalesceValues(chart, values, warn, helmVersion);
  applyTags(wanted, seen, warn);
  applyConditions(wanted, seen, path, warn);
  const disabled = new Set(wanted.filter((dependency) => !dependency.enabled).map((dependency) => dependency.name));
  const enabled = children.filter((child) => !disabled.has(child.metadata.name));
  for (const child of enabled) enableDependencies(child, seen, `${path}${child.metadata.name}.`, warn, helmVersion);
  const left = wanted.filter((dependency) => !disabled.has(dependency.name));
  chart.metadata.dependencies = left.length === 0 ? undefined : left;
  setDependencies(chart, enabled);
}

/**
 * The subchart under its alias. Helm 3 shares what belongs to it among its aliases: names that one has given to its own
 * dependencies stand for all.
 */
function aliased(child: Chart, dependency: Dependency, helmVersion: 3 | 4): Chart {
  const copy = helmVersion === 4 ? copyChart(child) : { ...child, metadata: { ...child.metadata } };
  if (dependency.alias !== '') copy.metadata.name = dependency.alias;
  return copy;
}

function applyTags(dependencies: readonly Dependency[], values: Values, warn: Warn): void {
  const tags = findTable(values, 'tags');
  if (tags === undefined) return;
  for (const dependency of dependencies) {
    let hasTrue = false;
    let hasFalse = false;
    for (const tag of dependency.tags) {
      const value = tags.get(tag);
      if (value === true) hasTrue = true;
      else if (value === false) hasFalse = true;
      else if (value !== undefined) {
        warn(`Warning: Tag '${tag}' for chart ${dependency.name} returned non-bool value`);
      }
    }
    dependency.enabled = hasTrue || !hasFalse;
  }
}

/** The first condition that names a boolean decides, over any tag. */
function applyConditions(dependencies: readonly Dependency[], values: Values, path: string, warn: Warn): void {
  for (const dependency of dependencies) {
    for (const condition of dependency.condition.trim().split(',')) {
      if (condition === '') continue;
      const value = findPathValue(values, path + condition);
      if (typeof value === 'boolean') {
        dependency.enabled = value;
        break;
      }
      if (value !== undefined) {
        warn(`Warning: Condition path '${condition}' for chart ${dependency.name} returned non-bool value`);
      }
    }
  }
}

/** Takes over what subcharts export into the values of their parents, from the innermost outwards. */
function importValues(chart: Chart, warn: Warn, helmVersion: 3 | 4): void {
  for (const child of chart.dependencies) importValues(child, warn, helmVersion);
  const dependencies = chart.metadata.dependencies;
  if (dependencies === undefined) return;
  const seen = mergeValues(chart, new Map(), warn, helmVersion);
  let imported: Values = new Map();
  for (const dependency of dependencies) {
    if (dependency === null) continue;
    dependency.importValues = dependency.importValues.flatMap((entry): Value[] => {
      const { child, parent } = importPaths(entry);
      if (child === '') return [];
      const table = findTable(seen, `${dependency.name}.${child}`);
      if (table === undefined) {
        warn(`Warning: ImportValues missing table from chart ${dependency.name}: ${child}`);
      } else {
        imported = mergeInto(imported, atPath(parent, table), warn, helmVersion);
      }
      return [
        new Map<string, Value>([
          ['child', child],
          ['parent', parent],
        ]),
      ];
    });
  }
  chart.values = mergeInto(seen, imported, warn, helmVersion);
}

function importPaths(entry: Value): { child: string; parent: string } {
  if (typeof entry === 'string') return { child: `exports.${entry}`, parent: '.' };
  if (!isTable(entry)) return { child: '', parent: '' };
  return { child: display(entry.get('child') ?? null), parent: display(entry.get('parent') ?? null) };
}

function atPath(path: string, table: Values): Values {
  if (path === '.') return table;
  return path.split('.').reduceRight<Values>((inner, key) => new Map([[key, inner]]), table);
}
