import { decodeBytes } from '@croft/gotemplate/bytes';
import type { FunctionMap } from '@croft/gotemplate/functions';
import { createTemplateSet } from '@croft/gotemplate/template-set';
import { GoMap, type Value } from '@croft/gotemplate/value';
import { type Chart, chartPath } from '../chart/chart.ts';
import { createFunctions, type FunctionOptions } from '../functions/all.ts';
import { isTable, type Values } from '../values/copy.ts';
import { findTable } from '../values/path.ts';
import type { Capabilities } from './capabilities.ts';
import { cleanExecError, cleanParseError } from './errors.ts';
import { createFiles } from './files.ts';
import { capabilitiesObject, chartObject, type ReleaseInfo, releaseObject } from './objects.ts';
import { createReferences } from './references.ts';
import { VALUES, VALUES_4 } from './types.ts';

/** What a chart's templates are rendered with; `values` are those that coalesceValues gives. */
export interface RenderValues {
  values: Values;
  release: ReleaseInfo;
  capabilities: Capabilities;
}

export interface EngineOptions extends FunctionOptions {
  /** A missing key is an error. */
  strict?: boolean;
}

interface Renderable {
  text: string;
  data: Values;
  basePath: string;
}

/**
 * Renders all templates of a chart and its subcharts: full name (`chart/charts/sub/templates/x.yaml`) to text, partials
 * left out. Throws with Helm's words.
 */
export function renderTemplates(chart: Chart, input: RenderValues, options: EngineOptions = {}): Map<string, string> {
  const helmVersion = options.helmVersion ?? 3;
  const shared: Values = new Map<string, Value>([
    ['Release', releaseObject(input.release)],
    ['Capabilities', capabilitiesObject(input.capabilities, helmVersion)],
    ['Values', input.values],
  ]);
  const templates = new Map<string, Renderable>();
  collectTemplates(chart, shared, templates, helmVersion);
  return renderAll(templates, options);
}

function renderAll(templates: Map<string, Renderable>, options: EngineOptions): Map<string, string> {
  const helmVersion = options.helmVersion ?? 3;
  const names = [...templates.keys()].sort(compareByDepth).reverse();
  const set = createTemplateSet({
    name: 'gotpl',
    missingKey: options.strict === true ? 'error' : 'zero',
    functions: createFunctions(options) satisfies FunctionMap,
  });
  const bound = set.clone(createReferences(() => bound, helmVersion));
  for (const name of names) {
    try {
      bound.parse(name, templates.get(name)?.text ?? '');
    } catch (error) {
      throw cleanParseError(name, error);
    }
  }
  const rendered = new Map<string, string>();
  for (const name of names) {
    const template = templates.get(name);
    if (template === undefined || baseName(name).startsWith('_')) continue;
    const type = valuesType(helmVersion);
    const about = new Map<string, Value>([
      ['Name', name],
      ['BasePath', template.basePath],
    ]);
    template.data.set('Template', new GoMap(type, about));
    try {
      rendered.set(name, bound.execute(name, new GoMap(type, template.data)).replaceAll('<no value>', ''));
    } catch (error) {
      throw cleanExecError(name, error, helmVersion);
    }
  }
  return rendered;
}

function valuesType(helmVersion: 3 | 4) {
  return helmVersion === 4 ? VALUES_4 : VALUES;
}

/** Fewer folders first, then by name: rendered in reverse, so that parents define last and win. */
function compareByDepth(a: string, b: string): number {
  const depth = countSlashes(a) - countSlashes(b);
  return depth !== 0 ? depth : a < b ? -1 : a > b ? 1 : 0;
}

function countSlashes(text: string): number {
  return text.split('/').length;
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** Adds the templates of a chart and its subcharts, and gives what those of the chart see. */
function collectTemplates(chart: Chart, outer: Values, into: Map<string, Renderable>, helmVersion: 3 | 4): Values {
  const subcharts: Values = new Map();
  const data: Values = new Map<string, Value>([
    ['Chart', chartObject(chart, helmVersion)],
    ['Files', createFiles(chart.files)],
    ['Release', outer.get('Release') ?? null],
    ['Capabilities', outer.get('Capabilities') ?? null],
    ['Values', new GoMap(valuesType(helmVersion), chartValues(chart, outer))],
    ['Subcharts', subcharts],
  ]);
  for (const child of chart.dependencies) {
    subcharts.set(child.metadata.name, collectTemplates(child, data, into, helmVersion));
  }
  const path = chartPath(chart);
  const isLibrary = chart.metadata.type.toLowerCase() === 'library';
  for (const template of chart.templates) {
    if (isLibrary && !baseName(template.name).startsWith('_')) continue;
    into.set(`${path}/${template.name}`, { text: decodeBytes(template.data), data, basePath: `${path}/templates` });
  }
  return data;
}

function chartValues(chart: Chart, outer: Values): Values {
  const values = outer.get('Values');
  const table = values instanceof GoMap ? values.entries : values;
  if (!isTable(table)) return new Map();
  if (chart.parent === undefined) return table;
  // A name with dots is taken for a path, as Helm does.
  return findTable(table, chart.metadata.name) ?? new Map();
}
