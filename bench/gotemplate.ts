/**
 * How fast templates are parsed and executed: `node bench/gotemplate.ts FOLDER` prints one JSON object. FOLDER holds the
 * golden vectors of the templates; measured is its case `charts-001`, a chart of 60 templates, as Helm's engine renders it
 * (baseline.json there has the figures of Helm itself).
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readYamlMap } from '@croft/encoding/yaml/read';
import { HELM_3, parseKubeVersion } from '@croft/helm/render/capabilities';
import { renderTemplates } from '@croft/helm/render/engine';
import { coalesceValues } from '@croft/helm/values/coalesce';
import { buildChart, type ChartParts } from '../test/vectors/suites/gotemplate-chart.ts';

interface ChartCase extends ChartParts {
  readonly id: string;
  readonly values: string;
}

interface Defaults {
  readonly release: { name: string; namespace: string; revision: number; isInstall: boolean; isUpgrade: boolean };
  readonly capabilities: { readonly kubeVersion: string; readonly apiVersions: readonly string[] };
}

const renders = 200;

/** The whole of one render: parse and execute, with the chart and its values at hand. */
function prepareRender(dir: string): () => number {
  const defaults = JSON.parse(readFileSync(join(dir, 'defaults.json'), 'utf8')) as Defaults;
  const lines = readFileSync(join(dir, 'charts.jsonl'), 'utf8').split('\n').filter(Boolean);
  const found = lines.map((line) => JSON.parse(line) as ChartCase).find(({ id }) => id === 'charts-001');
  if (found === undefined) throw new Error(`${dir}/charts.jsonl has no case charts-001`);
  const chart = buildChart(found);
  const input = {
    values: coalesceValues(chart, readYamlMap(found.values), () => undefined),
    release: defaults.release,
    capabilities: {
      kubeVersion: parseKubeVersion(defaults.capabilities.kubeVersion),
      apiVersions: defaults.capabilities.apiVersions,
      helmVersion: HELM_3,
    },
  };
  return () => renderTemplates(chart, input).size;
}

function measure(render: () => number): Record<string, number> {
  const begin = performance.now();
  const templates = render();
  const firstMs = performance.now() - begin;
  const before = process.cpuUsage();
  const times = Array.from({ length: renders }, () => {
    const start = performance.now();
    render();
    return performance.now() - start;
  }).sort((a, b) => a - b);
  const { user, system } = process.cpuUsage(before);
  return {
    templates,
    renders,
    firstMs: round(firstMs),
    medianMs: round(times[renders >> 1] ?? 0),
    fastestMs: round(times[0] ?? 0),
    cpuMs: round((user + system) / 1000 / renders),
  };
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

const [dir] = process.argv.slice(2);
if (dir === undefined) throw new Error('usage: node bench/gotemplate.ts FOLDER');
console.log(JSON.stringify(measure(prepareRender(dir))));
