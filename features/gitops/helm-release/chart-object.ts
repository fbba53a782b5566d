import { type ObjectKey, parseKey, type Stored } from '@croft/api/object';
import type { ControllerContext } from '@croft/controller/controller';
import { jsonEqual } from '@croft/foundation/json';
import { type HelmChart, type HelmChartSpec, helmCharts } from '../helm-chart/types.ts';
import type { SourceLink } from '../source.ts';
import type { HelmReleaseSpec } from './types.ts';

const sourceFinalizer = 'finalizers.fluxcd.io';
const fieldManager = 'helm-controller';
const nameLabel = 'helm.toolkit.fluxcd.io/name';
const namespaceLabel = 'helm.toolkit.fluxcd.io/namespace';

/** Where the HelmChart of a release is, that its spec.chart describes: beside the source, named NAMESPACE-NAME. */
export function chartKeyOf(spec: HelmReleaseSpec, { namespace, name }: ObjectKey): ObjectKey | undefined {
  const { chart } = spec;
  if (chart === undefined) return undefined;
  return { namespace: chart.spec.sourceRef.namespace ?? namespace, name: `${namespace}-${name}` };
}

/** Makes the HelmChart what spec.chart says, as Flux does; gives it as it stands then. */
export async function applyChartObject(
  { client, informers }: Pick<ControllerContext, 'client' | 'informers'>,
  spec: HelmReleaseSpec,
  release: ObjectKey,
): Promise<Stored<HelmChart> | undefined> {
  const key = chartKeyOf(spec, release);
  if (key === undefined || spec.chart === undefined) return undefined;
  const known = informers.of(helmCharts).get(key);
  const labels = {
    ...spec.chart.metadata?.labels,
    [nameLabel]: release.name,
    [namespaceLabel]: release.namespace ?? '',
  };
  const annotations = spec.chart.metadata?.annotations ?? {};
  const wanted = chartSpecOf(spec);
  if (known !== undefined && isAsWanted(known, wanted, labels, annotations)) return known;
  // With its finalizer from the start: its controller need not write it first.
  const metadata = { ...named(key), labels, annotations, finalizers: [sourceFinalizer] };
  const written = await client.apply(helmCharts, { metadata, spec: wanted }, { force: true, fieldManager });
  informers.of(helmCharts).learn(written);
  return written;
}

/** Removes a HelmChart (`namespace/name`) that a release no longer needs; fine when there is none. */
export async function removeChartObject(
  { client }: Pick<ControllerContext, 'client'>,
  helmChart: string | undefined,
): Promise<void> {
  if (helmChart !== undefined && helmChart !== '') await client.remove(helmCharts, parseKey(helmChart));
}

/** The object whose artifact the release reads: it changes when the release's chart does. */
export function chartLinkOf(spec: HelmReleaseSpec | undefined, release: ObjectKey): SourceLink | undefined {
  if (spec?.chartRef !== undefined) return spec.chartRef;
  const source = spec?.chart?.spec.sourceRef;
  if (spec === undefined || source?.kind !== 'HelmRepository') return source;
  const { namespace, name } = chartKeyOf(spec, release) ?? release;
  return { kind: 'HelmChart', ...named({ namespace, name }) };
}

/** The release that a HelmChart was made for, by its labels. */
export function releaseOf({ metadata }: HelmChart): ObjectKey | undefined {
  const { [nameLabel]: name, [namespaceLabel]: namespace } = metadata?.labels ?? {};
  return name === undefined ? undefined : { namespace, name };
}

function named({ namespace, name }: ObjectKey): { namespace?: string; name: string } {
  return namespace === undefined ? { name } : { namespace, name };
}

function chartSpecOf({ chart, interval }: HelmReleaseSpec): HelmChartSpec {
  if (chart === undefined) throw new Error('spec.chart is missing');
  const { sourceRef, ...rest } = chart.spec;
  const { kind, name } = sourceRef;
  return {
    reconcileStrategy: 'ChartVersion',
    version: '*',
    ...rest,
    interval: chart.spec.interval ?? interval,
    sourceRef: { kind: kind as HelmChartSpec['sourceRef']['kind'], name },
  };
}

function isAsWanted(
  { metadata, spec }: Stored<HelmChart>,
  wanted: HelmChartSpec,
  labels: Record<string, string>,
  annotations: Record<string, string>,
): boolean {
  const has = (present: Record<string, string> = {}, expected: Record<string, string>) =>
    Object.entries(expected).every(([key, value]) => present[key] === value);
  return jsonEqual(spec, wanted) && has(metadata.labels, labels) && has(metadata.annotations, annotations);
}
