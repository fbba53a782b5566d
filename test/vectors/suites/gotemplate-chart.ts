import { readYamlMap } from '@croft/encoding/yaml/read';
import { type Chart, type ChartFile, setDependencies } from '@croft/helm/chart/chart';
import { parseMetadata } from '@croft/helm/chart/metadata';

/** The files of a chart as the cases give them. */
export interface ChartParts {
  readonly chart?: string;
  readonly chartValues?: string;
  readonly templates?: Readonly<Record<string, string>>;
  readonly files?: Readonly<Record<string, string | { readonly base64: string }>>;
  readonly subcharts?: readonly ChartParts[];
}

export function buildChart(parts: ChartParts): Chart {
  const chart: Chart = {
    metadata: parseMetadata(parts.chart ?? ''),
    values: readYamlMap(parts.chartValues ?? ''),
    templates: Object.entries(parts.templates ?? {}).map(toFile),
    files: Object.entries(parts.files ?? {}).map(toFile),
    dependencies: [],
  };
  setDependencies(chart, (parts.subcharts ?? []).map(buildChart));
  return chart;
}

function toFile([name, content]: [string, string | { readonly base64: string }]): ChartFile {
  return { name, data: typeof content === 'string' ? Buffer.from(content) : Buffer.from(content.base64, 'base64') };
}
