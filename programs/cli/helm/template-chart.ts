import { basename } from 'node:path';
import { errorMessage } from '@croft/foundation/errors';
import { createTemplateSet } from '@croft/gotemplate/template-set';
import type { Chart } from '@croft/helm/chart/chart';
import { findMissingDependencies } from '@croft/helm/chart/dependencies';
import { readChart } from '@croft/helm/chart/load';
import { createFunctions } from '@croft/helm/functions/all';
import { validateReleaseName } from '@croft/helm/release/release-name';
import { type Capabilities, defaultCapabilities, parseKubeVersion } from '@croft/helm/render/capabilities';
import { type RenderedChart, renderChart } from '@croft/helm/render/render-chart';
import { readValues, type ValueSources } from '@croft/helm/values/read-values';
import { fileReader } from './common-flags.ts';

/** What `helm template` is asked to render. */
export interface TemplateRequest {
  name: string;
  namespace: string;
  /** Path of the chart. */
  chart: string;
  sources: ValueSources;
  apiVersions: readonly string[];
  /** '' for the version that helm was built for. */
  kubeVersion: string;
  isUpgrade: boolean;
  skipSchemaValidation: boolean;
  renderSubchartNotes: boolean;
}

export interface TemplateContext {
  /** Paths of values files are relative to this folder. */
  folder: string;
  warn: (text: string) => void;
  helmVersion: 3 | 4;
}

/** Renders a chart as `helm template` does. Throws with helm's words. */
export async function templateChart(request: TemplateRequest, context: TemplateContext): Promise<RenderedChart> {
  const { folder, warn, helmVersion } = context;
  const capabilities = readCapabilities(request.kubeVersion, request.apiVersions, helmVersion);
  const values = await readValues(request.sources, fileReader(folder), helmVersion);
  const chart = await readChart(request.chart, warn, helmVersion);
  validateInstallable(chart, warn, helmVersion);
  validateReleaseName(request.name, helmVersion);
  const { name, namespace, isUpgrade, skipSchemaValidation, renderSubchartNotes } = request;
  return renderChart(chart, {
    values,
    release: { name, namespace, revision: 1, isInstall: !isUpgrade, isUpgrade },
    capabilities,
    helmVersion,
    skipSchemaValidation,
    renderSubchartNotes,
    warn,
  });
}

/** Throws when a release cannot be made of the chart, or not of it alone. Warns of a deprecated one, as Helm: before it looks for dependencies. */
export function validateInstallable(chart: Chart, warn: (text: string) => void, helmVersion: 3 | 4): void {
  if (!['', 'application'].includes(chart.metadata.type)) {
    throw new Error(`${chart.metadata.type} charts are not installable`);
  }
  warnDeprecated(chart, warn);
  validateDependencies(chart, helmVersion);
}

export function warnDeprecated(chart: Chart, warn: (text: string) => void): void {
  if (chart.metadata.deprecated) warn('WARNING: This chart is deprecated');
}

/** Throws when the chart lacks charts that it depends on. */
export function validateDependencies(chart: Chart, helmVersion: 3 | 4): void {
  const missing = findMissingDependencies(chart);
  if (missing.length === 0) return;
  const [start, command] = helmVersion === 4 ? ['an', "'helm dependency build'"] : ['An', '`helm dependency build`'];
  throw new Error(
    `${start} error occurred while checking for chart dependencies. You may need to run ${command} to fetch missing dependencies: found in Chart.yaml, but missing in charts/ directory: ${missing.join(', ')}`,
  );
}

/** Capabilities without a cluster, with what the flags say. Throws when the version is none. */
export function readCapabilities(
  kubeVersion: string,
  apiVersions: readonly string[],
  helmVersion: 3 | 4,
): Capabilities {
  const defaults = defaultCapabilities(helmVersion);
  const all = [...defaults.apiVersions, ...apiVersions];
  if (kubeVersion === '') return { ...defaults, apiVersions: all };
  try {
    return { ...defaults, apiVersions: all, kubeVersion: parseKubeVersion(kubeVersion, helmVersion) };
  } catch (error) {
    throw new Error(`invalid kube version '${kubeVersion}': ${errorMessage(error)}`);
  }
}

export interface NameFlags {
  generateName: boolean;
  nameTemplate: string;
  /** The name when none is given; undefined when one must be. */
  fallback: string | undefined;
  now: () => number;
}

/** The name of the release and the chart, from the arguments. Throws with helm's words. */
export function nameAndChart(args: readonly string[], flags: NameFlags): { name: string; chart: string } {
  if (args.length > 2) {
    throw new Error(`expected at most two arguments, unexpected arguments: ${args.slice(2).join(', ')}`);
  }
  const [first = '', second] = args;
  if (second !== undefined) {
    if (flags.generateName) throw new Error('cannot set --generate-name and also specify a name');
    if (flags.nameTemplate !== '') throw new Error('cannot set --name-template and also specify a name');
    return { name: first, chart: second };
  }
  if (flags.nameTemplate !== '') return { name: renderName(flags.nameTemplate), chart: first };
  if (flags.fallback !== undefined) return { name: flags.fallback, chart: first };
  if (!flags.generateName) throw new Error('must either provide a name or specify --generate-name');
  const base = basename(first).replace(/^([^.]+)\..*$/, '$1');
  const chart = base === '.' || base === '' ? 'chart' : base;
  return { name: `${chart}-${Math.floor(flags.now() / 1000)}`, chart: first };
}

function renderName(template: string): string {
  const set = createTemplateSet({ functions: createFunctions() });
  set.parse('name-template', template);
  return set.execute('name-template', null);
}
