import type { Value } from '@croft/gotemplate/value';

/** A file of a chart: its path within the chart, with slashes, and its bytes. */
export interface ChartFile {
  name: string;
  data: Uint8Array;
}

export interface Maintainer {
  name: string;
  email: string;
  url: string;
}

export interface Dependency {
  name: string;
  version: string;
  repository: string;
  condition: string;
  tags: string[];
  enabled: boolean;
  /** Names of exports, or maps with `child` and `parent`. */
  importValues: Value[];
  alias: string;
}

/** Chart.yaml; what is not given is '', false, or an empty list. */
export interface ChartMetadata {
  name: string;
  home: string;
  sources: string[];
  version: string;
  description: string;
  keywords: string[];
  maintainers: (Maintainer | null)[];
  icon: string;
  apiVersion: string;
  condition: string;
  tags: string;
  appVersion: string;
  deprecated: boolean;
  annotations: Map<string, string>;
  kubeVersion: string;
  /** undefined when Chart.yaml names none. */
  dependencies: (Dependency | null)[] | undefined;
  type: string;
}

/** Chart.lock or requirements.lock. */
export interface ChartLock {
  generated: string;
  digest: string;
  dependencies: (Dependency | null)[] | undefined;
}

/** A chart with its subcharts. Rendering works on a copy: see copyChart. */
export interface Chart {
  metadata: ChartMetadata;
  lock?: ChartLock;
  /** values.yaml; undefined when there is none. */
  values: Map<string, Value> | undefined;
  /** values.yaml as it stands. */
  valuesFile?: Uint8Array;
  /** values.schema.json */
  schema?: Uint8Array;
  templates: ChartFile[];
  /** Everything that has no place of its own; what `.Files` shows. */
  files: ChartFile[];
  dependencies: Chart[];
  parent?: Chart;
}

/** Makes these the subcharts of the chart. */
export function setDependencies(chart: Chart, dependencies: Chart[]): void {
  chart.dependencies = dependencies;
  for (const child of dependencies) child.parent = chart;
}

/** Where the chart stands in its tree: `parent/charts/child`. */
export function chartPath(chart: Chart): string {
  return chart.parent === undefined ? chart.metadata.name : `${chartPath(chart.parent)}/charts/${chart.metadata.name}`;
}

/** A copy whose dependencies and values can be processed without touching the original; file contents are shared. */
export function copyChart(chart: Chart): Chart {
  const { parent: _, ...rest } = chart;
  const copy: Chart = {
    ...rest,
    metadata: {
      ...chart.metadata,
      dependencies: chart.metadata.dependencies?.map((item) => (item ? { ...item } : item)),
    },
  };
  setDependencies(copy, chart.dependencies.map(copyChart));
  return copy;
}

/** Names the file of a manifest: what belongs to `crds/` and ends like YAML or JSON. */
export function isCrdFile(file: ChartFile): boolean {
  return file.name.startsWith('crds/') && /\.(ya?ml|json)$/i.test(file.name);
}

/** The CRDs of the chart, then those of its subcharts, each with its path in the tree. */
export function chartCrds(chart: Chart): ChartFile[] {
  const own = chart.files
    .filter(isCrdFile)
    .map((file) => ({ name: `${chartPath(chart)}/${file.name}`, data: file.data }));
  return [...own, ...chart.dependencies.flatMap(chartCrds)];
}
