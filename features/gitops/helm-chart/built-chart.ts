import type { Chart } from '@croft/helm/chart/chart';
import { writeChartArchive } from '@croft/helm/chart/write-archive';
import { formatVersion, parseVersion } from '@croft/helm/semver/version';
import { orFail } from './build-error.ts';
import type { HelmChartSpec } from './types.ts';

export interface BuiltChart {
  name: string;
  version: string;
  /** The packaged chart; undefined when the one that is kept is it. */
  archive: Uint8Array | undefined;
  packaged: boolean;
  /** Those that took the place of values.yaml. */
  valuesFiles: string[];
}

export interface BuildOptions {
  spec: Pick<HelmChartSpec, 'chart' | 'version' | 'reconcileStrategy' | 'valuesFiles' | 'ignoreMissingValuesFiles'>;
  /** Of the HelmChart: it marks charts with other values. */
  generation: number;
  /** The name and version of the chart that is kept, made by the same spec: it is not made again. */
  kept?: { name: string; version: string } | undefined;
}

/** The version under which a chart is packaged whose values come from other files, or that follows its source. */
export async function versionWith(version: string, metadata: readonly string[]): Promise<string> {
  if (metadata.length === 0) return version;
  return await orFail('MetadataPatchError', () =>
    formatVersion({ ...parseVersion(version), metadata: metadata.join('.') }),
  );
}

/** The same contents give the same bytes: the time of all files is the beginning of time. */
export async function packChart(chart: Chart): Promise<Uint8Array> {
  return await orFail('ChartPackageError', () => writeChartArchive(chart, 0));
}
