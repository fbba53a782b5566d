/**
 * How large indexes of chart repositories are read: `node bench/repository.ts [MEGABYTES]` prints one JSON object for an
 * index in YAML and one in JSON: how long it takes to read the file and to find one version, and the longest time that
 * nothing else could run.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { readIndex } from '@croft/repository/index/index-file';

const versions = 200;
const megabyte = 1e6;

function entry(chart: string, minor: number) {
  return {
    annotations: { category: 'Database', images: '- image: docker.io/a/b:1\n  name: b\n' },
    apiVersion: 'v2',
    appVersion: `4.${minor}`,
    created: '2026-01-01T00:00:00.000000000Z',
    dependencies: [{ name: 'common', repository: 'oci://registry.test/charts', tags: ['common'], version: '2.x.x' }],
    description: 'A chart that does many things, which are described here at some length.',
    digest: '0123456789abcdef'.repeat(4),
    home: 'https://charts.test',
    keywords: ['one', 'two'],
    name: chart,
    urls: [`https://charts.test/${chart}-1.${minor}.0.tgz`],
    version: `1.${minor}.0`,
  };
}

type Entry = ReturnType<typeof entry>;

function renderYaml({ annotations, dependencies, keywords, urls, ...rest }: Entry): string {
  const [dependency] = dependencies;
  const lines = [
    'annotations:',
    `  category: ${annotations.category}`,
    '  images: |',
    ...annotations.images
      .trimEnd()
      .split('\n')
      .map((line) => `    ${line}`),
    ...Object.entries(rest).map(([key, value]) => `${key}: ${JSON.stringify(value).replace(/^"([a-z].*)"$/i, '$1')}`),
    'dependencies:',
    `- name: ${dependency?.name}`,
    `  repository: ${dependency?.repository}`,
    `  version: ${dependency?.version}`,
    'keywords:',
    ...keywords.map((word) => `- ${word}`),
    'urls:',
    ...urls.map((url) => `- ${url}`),
  ];
  return lines.map((line, i) => `  ${i === 0 ? '-' : ' '} ${line}\n`).join('');
}

function makeIndex(format: 'yaml' | 'json', bytes: number): string {
  const parts: string[] = [];
  for (let size = 0, i = 0; size < bytes; i++) {
    const entries = Array.from({ length: versions }, (_, minor) => entry(`chart-${i}`, minor));
    const text =
      format === 'json'
        ? `${i === 0 ? '' : ','}"chart-${i}":${JSON.stringify(entries)}`
        : `  chart-${i}:\n${entries.map(renderYaml).join('')}`;
    size += text.length;
    parts.push(text);
  }
  return format === 'json'
    ? `{"apiVersion":"v1","entries":{${parts.join('')}}}`
    : `apiVersion: v1\nentries:\n${parts.join('')}generated: "2026-01-01T00:00:00Z"\n`;
}

async function measure(path: string): Promise<Record<string, number>> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const begin = performance.now();
  const index = await readIndex(path);
  const read = performance.now();
  delay.disable();
  const found = index.findVersion('chart-3', '~1.20');
  if (found?.metadata.version !== '1.20.0') throw new Error(`found ${found?.metadata.version}`);
  return {
    charts: index.names.length,
    readMs: round(read - begin),
    longestPauseMs: round(delay.max / 1e6),
    findMs: round(performance.now() - read),
  };
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

const folder = mkdtempSync(join(tmpdir(), 'croft-bench-index-'));
try {
  const bytes = Number(process.argv[2] ?? 20) * megabyte;
  const results: Record<string, Record<string, number>> = {};
  for (const format of ['yaml', 'json'] as const) {
    const path = join(folder, `index.${format}`);
    writeFileSync(path, makeIndex(format, bytes));
    results[format] = await measure(path);
  }
  console.log(JSON.stringify(results));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
