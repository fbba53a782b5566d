/**
 * How fast charts render: `node bench/helm.ts [FOLDER] [--helm PATH]` prints one JSON object. Measured are an umbrella of
 * 100 subcharts, loaded from disk and rendered in this process, and `croft helm template` of a chart as a process of its
 * own, from the bundle that the launcher keeps; beside it what an empty Node process takes, and the program helm where one
 * is given. With FOLDER, which holds a chart, that chart is taken for the processes; otherwise one of the subcharts.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { readYamlMap } from '@croft/encoding/yaml/read';
import { readChart } from '@croft/helm/chart/load';
import { defaultCapabilities } from '@croft/helm/render/capabilities';
import { joinManifests, renderChart } from '@croft/helm/render/render-chart';

const subcharts = 100;
const starts = 15;

const names = `{{- define "NAME.labels" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{- with .Values.global.labels }}
{{ toYaml . }}
{{- end }}
{{- end }}
`;

const object = `apiVersion: v1
kind: KIND
metadata:
  name: {{ .Release.Name }}-{{ .Chart.Name }}
  labels:
    {{- include "NAME.labels" . | nindent 4 }}
spec:
  ports:
  {{- range $i, $port := .Values.ports }}
  - name: p{{ $i }}
    port: {{ $port | default 80 }}
  {{- end }}
  resources:
    {{- toYaml .Values.resources | nindent 4 }}
  checksum: {{ .Values | toJson | sha256sum }}
`;

function writeChart(folder: string, name: string): void {
  const files: Record<string, string> = {
    'Chart.yaml': `apiVersion: v2\nname: ${name}\nversion: 1.0.0\n`,
    'values.yaml':
      'ports: [80, 443, 8080]\nresources: {limits: {cpu: 1, memory: 1Gi}, requests: {cpu: 10m}}\nglobal: {}\n',
    'templates/_names.tpl': names.replaceAll('NAME', name),
  };
  for (const kind of ['ServiceAccount', 'ConfigMap', 'Secret', 'Service', 'Deployment', 'Ingress']) {
    files[`templates/${kind.toLowerCase()}.yaml`] = object.replaceAll('NAME', name).replace('KIND', kind);
  }
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

function writeUmbrella(folder: string): void {
  writeChart(folder, 'umbrella');
  for (let i = 0; i < subcharts; i++) writeChart(join(folder, 'charts', `sub${i}`), `sub${i}`);
}

async function measureUmbrella(folder: string): Promise<Record<string, number>> {
  const begin = performance.now();
  const chart = await readChart(folder);
  const loaded = performance.now();
  const rendered = renderChart(chart, {
    values: readYamlMap('global: {labels: {team: a}}'),
    release: { name: 'r', namespace: 'default', revision: 1, isInstall: true, isUpgrade: false },
    capabilities: defaultCapabilities(),
  });
  const bytes = joinManifests(rendered).length;
  return {
    umbrellaLoadMs: round(loaded - begin),
    umbrellaRenderMs: round(performance.now() - loaded),
    umbrellaManifests: rendered.manifests.length,
    umbrellaBytes: bytes,
  };
}

function measureStarts(chart: string, folder: string, peer: string | undefined): Record<string, number> {
  const bundles = join(folder, 'bundles');
  const node = process.execPath;
  run(node, [join(import.meta.dirname, '../programs/bundle/make-bundle.ts'), bundles]);
  const env = { NODE_COMPILE_CACHE: join(folder, 'cache') };
  const croft = ['--min-semi-space-size=32', join(bundles, 'current/helm.cjs'), 'template', 'r', chart];
  const first = run(node, croft, env);
  const rounds = Array.from({ length: starts }, () => ({
    croft: run(node, croft, env),
    node: run(node, ['--eval', '0']),
    helm: peer === undefined ? Number.NaN : run(peer, ['template', 'r', chart]),
  }));
  const times = (of: 'croft' | 'node' | 'helm') => rounds.map((round) => round[of]);
  const own = {
    firstStartMs: round(first),
    startMs: median(times('croft')),
    fastestStartMs: round(Math.min(...times('croft'))),
    nodeStartMs: median(times('node')),
  };
  if (peer === undefined) return own;
  return {
    ...own,
    helmStartMs: median(times('helm')),
    timesHelm: round(median(times('croft')) / median(times('helm'))),
  };
}

/** Gives how many milliseconds it took. */
function run(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): number {
  const begin = performance.now();
  const { status, stderr } = spawnSync(command, args, { env: { ...process.env, ...env } });
  if (status !== 0) throw new Error(stderr.toString());
  return performance.now() - begin;
}

function median(values: readonly number[]): number {
  return round([...values].sort((a, b) => a - b)[values.length >> 1] ?? 0);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

const { values, positionals } = parseArgs({ options: { helm: { type: 'string' } }, allowPositionals: true });
const folder = mkdtempSync(join(tmpdir(), 'croft-bench-helm-'));
try {
  const umbrella = join(folder, 'umbrella');
  writeUmbrella(umbrella);
  const chart = positionals[0] ?? join(umbrella, 'charts/sub0');
  console.log(JSON.stringify({ ...(await measureUmbrella(umbrella)), ...measureStarts(chart, folder, values.helm) }));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
