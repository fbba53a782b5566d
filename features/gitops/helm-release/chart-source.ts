import type { ObjectKey, Stored } from '@croft/api/object';
import { findCondition } from '@croft/controller/conditions';
import type { ControllerContext } from '@croft/controller/controller';
import { ReasonedError, StalledError, WaitingError } from '@croft/controller/outcome';
import { encodeJson } from '@croft/encoding/json/encode';
import { sha256Hex } from '@croft/foundation/digest';
import { errorMessage } from '@croft/foundation/errors';
import { type Chart, copyChart } from '@croft/helm/chart/chart';
import { readChart } from '@croft/helm/chart/load';
import { compareVersions, findVersion, formatVersion } from '@croft/helm/semver/version';
import type { ArtifactStore } from '../artifact/artifact-store.ts';
import { findFolderChart } from '../helm-chart/chart-from-folder.ts';
import type { HelmChart } from '../helm-chart/types.ts';
import { findSource, getArtifact, openSource } from '../source.ts';
import type { Artifact } from '../types.ts';
import { applyChartObject } from './chart-object.ts';
import type { ChartReference, ChartSpec, HelmReleaseSpec } from './types.ts';

export interface OpenChart {
  chart: Chart;
  /** Changes with any file of the chart. */
  digest: string;
  /** The HelmChart that spec.chart describes, as `namespace/name`. */
  helmChart?: string;
}

/** The chart that a HelmRelease names: by spec.chart, of which a HelmChart is made, or by spec.chartRef. */
export async function openChart(
  context: ControllerContext,
  artifacts: ArtifactStore,
  spec: HelmReleaseSpec,
  from: ObjectKey,
): Promise<OpenChart> {
  if (spec.chartRef !== undefined) return await openReferenced(context, artifacts, spec.chartRef, from);
  const object = await applyChartObject(context, spec, from);
  const reference = spec.chart?.spec;
  if (object === undefined || reference === undefined)
    throw new StalledError('InvalidSpec', 'spec.chart or spec.chartRef is missing: one of them must name a chart');
  const isInFolder = reference.sourceRef.kind !== 'HelmRepository';
  const chart = isInFolder
    ? await openInFolder(context, artifacts, reference, object, from)
    : await readArtifact(artifacts, artifactOf(object));
  return { chart, digest: digestOf(chart), helmChart: `${object.metadata.namespace}/${object.metadata.name}` };
}

/**
 * A chart in a source's files is read where it lies: what is installed follows its files, and need not wait until they are
 * packaged. (Flux waits for a new version in Chart.yaml: a mended chart of the same version would not heal a release.)
 */
async function openInFolder(
  context: ControllerContext,
  artifacts: ArtifactStore,
  spec: ChartSpec,
  { metadata }: Stored<HelmChart>,
  from: ObjectKey,
): Promise<Chart> {
  const { folder, artifact } = await openSource(context, artifacts, spec.sourceRef, from);
  const options = { spec, generation: metadata.generation ?? 1 };
  const found = await findFolderChart({ root: folder, artifact }, options);
  const signal = context.signal ?? new AbortController().signal;
  return (await found.read({ ...context, artifacts, namespace: metadata.namespace, signal })).chart;
}

/** The HelmChart's artifact. Throws while it is not that of the newest spec, or while something is wrong with it. */
function artifactOf({ metadata, status }: Stored<HelmChart>): Artifact {
  const ready = findCondition(status?.conditions, 'Ready');
  const wait = (problem: string) =>
    new WaitingError('SourceNotReady', `HelmChart '${metadata.namespace}/${metadata.name}' is not ready: ${problem}`);
  if (ready?.status === 'False') throw wait(ready.message ?? 'it does not say why');
  if (status?.observedGeneration !== metadata.generation)
    throw wait('latest generation of object has not been reconciled');
  if (status?.artifact === undefined) throw wait('does not have an artifact');
  return status.artifact;
}

async function openReferenced(
  context: ControllerContext,
  artifacts: ArtifactStore,
  reference: ChartReference,
  from: ObjectKey,
): Promise<OpenChart> {
  const artifact = getArtifact(context, reference, from);
  const shared = await readArtifact(artifacts, artifact);
  if (reference.kind !== 'OCIRepository') return { chart: shared, digest: digestOf(shared) };
  const chart = copyChart(shared);
  markVersion(chart, artifact.revision, findSource(context, reference, from).name);
  return { chart, digest: digestOf(chart) };
}

/** A tag can be moved: the digest that it leads to becomes part of the chart's version. */
function markVersion({ metadata }: Chart, revision: string, source: string): void {
  const at = revision.lastIndexOf('@');
  const digest = revision.slice(at + 1);
  const version = findVersion(metadata.version);
  const tagged = at < 0 ? undefined : findVersion(revision.slice(0, at).replaceAll('_', '+'));
  if (version === undefined) return;
  if (tagged !== undefined && compareVersions(tagged, version) !== 0)
    throw new ReasonedError(
      'ArtifactFailed',
      `artifact revision ${revision.slice(0, at)} of ${source} does not match chart version ${metadata.version}`,
    );
  metadata.version = formatVersion({ ...version, metadata: digest.slice(digest.indexOf(':') + 1).slice(0, 12) });
}

async function readArtifact(artifacts: ArtifactStore, artifact: Artifact): Promise<Chart> {
  const file = await artifacts.openFile(artifact);
  try {
    return await artifacts.derive('chart', artifact, '', () => readChart(file));
  } catch (error) {
    throw new ReasonedError('ArtifactFailed', `could not load chart: ${errorMessage(error)}`, { cause: error });
  }
}

/** Charts that were read are shared, so that most have their digest already. */
const digests = new WeakMap<Chart, string>();

function digestOf(chart: Chart): string {
  const digest = digests.get(chart) ?? makeDigest(chart);
  digests.set(chart, digest);
  return digest;
}

function makeDigest(chart: Chart): string {
  const files = [...chart.templates, ...chart.files].map(({ name, data }) => [name, sha256Hex(data)]);
  const { name, version, appVersion } = chart.metadata;
  const values = encodeJson(chart.values ?? new Map());
  return sha256Hex(JSON.stringify([name, version, appVersion, files, chart.dependencies.map(digestOf), values]));
}
