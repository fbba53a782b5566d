import type { ObjectKey } from '@croft/api/object';
import { sha256Hex } from '@croft/foundation/digest';
import type { SourceReference } from '../types.ts';
import type { OlderChart } from './types.ts';

/** How often the sources of charts are looked at. */
const sourceInterval = '5m';

/** The source object that stands for a chart's place, which the older kind writes into the release itself. */
export interface ChartSourceObject {
  reference: SourceReference & { kind: 'GitRepository' | 'HelmRepository' };
  spec: Record<string, unknown>;
}

/** Releases of a namespace with charts from one place share its source. Undefined when the chart names no place. */
export function chartSourceObject(
  chart: OlderChart = {},
  { namespace = '' }: ObjectKey,
): ChartSourceObject | undefined {
  if (chart.git !== undefined) {
    const secretRef = chart.secretRef === undefined ? {} : { secretRef: { name: chart.secretRef.name } };
    const spec = { url: gitUrl(chart.git), interval: sourceInterval, ref: gitReference(chart.ref), ...secretRef };
    return { reference: { kind: 'GitRepository', name: nameOf('git', spec), namespace }, spec };
  }
  if (chart.repository === undefined) return undefined;
  const isRegistry = chart.repository.startsWith('oci://');
  const secretRef = chart.chartPullSecret === undefined ? {} : { secretRef: { name: chart.chartPullSecret.name } };
  const spec = {
    url: chart.repository,
    interval: sourceInterval,
    ...(isRegistry ? { type: 'oci' } : {}),
    ...secretRef,
  };
  return { reference: { kind: 'HelmRepository', name: nameOf('charts', spec), namespace }, spec };
}

function nameOf(kind: string, spec: object): string {
  return `${kind}-${sha256Hex(JSON.stringify(spec)).slice(0, 12)}`;
}

/** `git@host:path` is the short form of an ssh URL. */
function gitUrl(url: string): string {
  const short = /^([^/@]+@[^/:]+):(?!\/\/)(.+)$/.exec(url);
  return short === null ? url : `ssh://${short[1]}/${short[2]}`;
}

/** The older kind does not say what a reference is: a hash is a commit, a version a tag, anything else a branch. */
function gitReference(ref = 'master'): Record<string, string> {
  if (/^[0-9a-f]{40}$/.test(ref)) return { commit: ref };
  return /^v?\d+\.\d+/.test(ref) ? { tag: ref } : { branch: ref };
}
