import type { Value } from '@croft/gotemplate/value';
import type { Chart, ChartFile, ChartMetadata, Dependency, Maintainer } from '@croft/helm/chart/chart';
import { setDependencies } from '@croft/helm/chart/chart';
import { readYamlMap } from '@croft/helm/yaml/read';

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
    metadata: readMetadata(readYamlMap(parts.chart ?? '')),
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

function text(value: Value | undefined): string {
  return value === undefined || value === null ? '' : String(value);
}

function texts(value: Value | undefined): string[] {
  return Array.isArray(value) ? value.map(text) : [];
}

function maps(value: Value | undefined): Map<string, Value>[] {
  return Array.isArray(value) ? value.filter((item) => item instanceof Map) : [];
}

function readMetadata(map: Map<string, Value>): ChartMetadata {
  const get = (key: string): string => text(map.get(key));
  const annotations = map.get('annotations');
  return {
    name: get('name'),
    home: get('home'),
    sources: texts(map.get('sources')),
    version: get('version'),
    description: get('description'),
    keywords: texts(map.get('keywords')),
    maintainers: maps(map.get('maintainers')).map(readMaintainer),
    icon: get('icon'),
    apiVersion: get('apiVersion'),
    condition: get('condition'),
    tags: get('tags'),
    appVersion: get('appVersion'),
    deprecated: map.get('deprecated') === true,
    annotations: new Map(annotations instanceof Map ? [...annotations].map(([key, value]) => [key, text(value)]) : []),
    kubeVersion: get('kubeVersion'),
    dependencies: map.has('dependencies') ? maps(map.get('dependencies')).map(readDependency) : undefined,
    type: get('type'),
  };
}

function readMaintainer(map: Map<string, Value>): Maintainer {
  return { name: text(map.get('name')), email: text(map.get('email')), url: text(map.get('url')) };
}

function readDependency(map: Map<string, Value>): Dependency {
  return {
    name: text(map.get('name')),
    version: text(map.get('version')),
    repository: text(map.get('repository')),
    condition: text(map.get('condition')),
    tags: texts(map.get('tags')),
    enabled: map.get('enabled') === true,
    importValues: [],
    alias: text(map.get('alias')),
  };
}
