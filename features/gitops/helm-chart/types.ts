import { defineKind } from '@croft/api/kind';
import type { KubeObject } from '@croft/api/object';
import type { Duration, SourceObject } from '../types.ts';

/** Where a HelmChart comes from; of its own namespace. */
export interface ChartSourceReference {
  apiVersion?: string;
  kind: 'HelmRepository' | 'GitRepository' | 'Bucket';
  name: string;
}

export interface HelmChartSpec {
  /** A name in a HelmRepository, a path in any other source. */
  chart: string;
  /** A version or a range; the newest when left out. Only for a HelmRepository. */
  version?: string;
  sourceRef: ChartSourceReference;
  interval: Duration;
  /** Whether a new revision of the source makes a new chart, or a new version in Chart.yaml alone. */
  reconcileStrategy?: 'ChartVersion' | 'Revision';
  /** In place of the chart's own values.yaml, each over the one before it. */
  valuesFiles?: string[];
  ignoreMissingValuesFiles?: boolean;
  verify?: { provider: string; secretRef?: { name: string } };
  suspend?: boolean;
}

export interface HelmChart extends KubeObject {
  spec?: HelmChartSpec;
  status?: NonNullable<SourceObject['status']> & {
    observedSourceArtifactRevision?: string;
    observedChartName?: string;
    observedValuesFiles?: string[];
  };
}

export const helmCharts = defineKind<HelmChart>('source.toolkit.fluxcd.io/v1', 'HelmChart', 'helmcharts');
