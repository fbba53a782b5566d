import { errorMessage } from '@croft/foundation/errors';
import { decodeBytes } from '@croft/gotemplate/bytes';
import { type Chart, type ChartFile, chartCrds } from '../chart/chart.ts';
import { processDependencies } from '../chart/dependencies.ts';
import { trimSpace } from '../functions/strings.ts';
import { isCompatible } from '../semver/constraint.ts';
import { coalesceValues } from '../values/coalesce.ts';
import type { Values } from '../values/copy.ts';
import { validateValues } from '../values/schema.ts';
import type { Capabilities } from './capabilities.ts';
import { type EngineOptions, renderTemplates } from './engine.ts';
import { type Hook, type Manifest, ManifestError, sortManifests } from './manifests.ts';
import type { ReleaseInfo } from './objects.ts';

export interface RenderOptions extends EngineOptions {
  /** The user's values, over those of the chart. */
  values: Values;
  release: ReleaseInfo;
  capabilities: Capabilities;
  skipSchemaValidation?: boolean;
  /** Put the notes of subcharts into the notes too. */
  renderSubchartNotes?: boolean;
}

/** What a chart becomes with some values. */
export interface RenderedChart {
  /** The chart with its dependencies as they were enabled, aliased and imported. */
  chart: Chart;
  /** What belongs to the release, in the order of installation. */
  manifests: Manifest[];
  hooks: Hook[];
  notes: string;
  /** The files in `crds/`, of subcharts too; their names are full paths. */
  crds: ChartFile[];
}

/** A chart that does not render, or not to objects. */
export class ChartRenderError extends Error {
  override readonly name = 'ChartRenderError';
  readonly #debug: string;

  constructor(message: string, cause?: unknown, debug = '') {
    super(message, { cause });
    this.#debug = debug;
  }

  /** What was rendered up to there. It may hold secrets, so it is no part of what a log shows of an error. */
  get debug(): string {
    return this.#debug;
  }
}

/** Renders a chart as an installation would. Throws with Helm's words. */
export function renderChart(chart: Chart, options: RenderOptions): RenderedChart {
  const { release, capabilities, warn = () => {}, helmVersion = 3 } = options;
  const { processed, values } = prepare(chart, options.values, warn, helmVersion);
  if (options.skipSchemaValidation !== true) validateValues(processed, values);
  checkKubeVersion(processed, capabilities);
  let rendered: Map<string, string>;
  try {
    rendered = renderTemplates(processed, { values, release, capabilities }, options);
  } catch (error) {
    throw asRenderError(error);
  }
  const notes = takeNotes(processed, rendered, options.renderSubchartNotes === true);
  try {
    return { chart: processed, ...sortManifests(rendered, warn, helmVersion), notes, crds: chartCrds(processed) };
  } catch (error) {
    throw error instanceof ManifestError ? asRenderError(error, joinRendered(rendered)) : error;
  }
}

/** The chart with its dependencies, and its values with the user's. What is wrong with either is the dependencies' fault. */
function prepare(chart: Chart, given: Values, warn: (text: string) => void, helmVersion: 3 | 4) {
  try {
    const processed = processDependencies(chart, given, warn, helmVersion);
    return { processed, values: coalesceValues(processed, given, warn, helmVersion) };
  } catch (error) {
    if (helmVersion === 3) throw error;
    throw new Error(`chart dependencies processing failed: ${errorMessage(error)}`, { cause: error });
  }
}

function asRenderError(error: unknown, debug?: string): Error {
  return new ChartRenderError(errorMessage(error), error, debug);
}

function joinRendered(rendered: ReadonlyMap<string, string>): string {
  const filled = [...rendered].filter(([, text]) => trimSpace(text) !== '');
  return filled.map(([path, text]) => `---\n# Source: ${path}\n${text}\n`).join('');
}

function checkKubeVersion(chart: Chart, capabilities: Capabilities): void {
  const constraint = chart.metadata.kubeVersion;
  const { version, normalized } = capabilities.kubeVersion;
  if (constraint === '' || isCompatible(constraint, normalized)) return;
  throw new ChartRenderError(
    `chart requires kubeVersion: ${constraint} which is incompatible with Kubernetes ${version}`,
  );
}

/** Takes every NOTES.txt out of what was rendered, and gives the chart's own, or all. */
function takeNotes(chart: Chart, rendered: Map<string, string>, withSubcharts: boolean): string {
  const own = `${chart.metadata.name}/templates/NOTES.txt`;
  const notes: string[] = [];
  for (const [path, text] of rendered) {
    if (!path.endsWith('NOTES.txt')) continue;
    if ((withSubcharts || path === own) && !(notes.length === 0 && text === '')) notes.push(text);
    rendered.delete(path);
  }
  return notes.join('\n');
}

/** One text of manifests as a release keeps it: each below a line that names its template. */
export function joinManifests(rendered: RenderedChart, includeCrds = false): string {
  const crds = includeCrds ? rendered.crds : [];
  const parts = [...crds.map(({ name, data }) => ({ path: name, content: decodeBytes(data) })), ...rendered.manifests];
  return parts.map(({ path, content }) => `---\n# Source: ${path}\n${content}\n`).join('');
}

/** What `helm template` prints: manifests, then hooks. `manifest` is what a post-renderer has made of the former. */
export function joinTemplate(rendered: RenderedChart, options: TemplateOutput = {}, manifest?: string): string {
  const { includeCrds = false, noHooks = false, skipTests = false } = options;
  const hooks = noHooks ? [] : rendered.hooks.filter((hook) => !(skipTests && hook.events.includes('test')));
  const printed = hooks.map(({ path, content }) => `---\n# Source: ${path}\n${content}\n`);
  return `${trimSpace(manifest ?? joinManifests(rendered, includeCrds))}\n${printed.join('')}`;
}

export interface TemplateOutput {
  includeCrds?: boolean;
  noHooks?: boolean;
  skipTests?: boolean;
}
