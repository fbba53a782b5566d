import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readYamlMap } from '@croft/encoding/yaml/read';
import { loadChartFiles } from '../chart/load-files.ts';
import { defaultCapabilities } from './capabilities.ts';
import { joinManifests, type RenderedChart, renderChart } from './render-chart.ts';

const encoder = new TextEncoder();
const release = { name: 'r', namespace: 'n', revision: 1, isInstall: true, isUpgrade: false };

function render(files: Record<string, string>, helmVersion: 3 | 4 = 3, values = ''): RenderedChart {
  const all = { 'Chart.yaml': 'apiVersion: v2\nname: probe\nversion: 1.0.0\n', ...files };
  const parts = Object.entries(all).map(([name, text]) => ({ name, data: encoder.encode(text) }));
  const chart = loadChartFiles(parts, () => {}, helmVersion);
  const capabilities = defaultCapabilities(helmVersion);
  return renderChart(chart, { values: readYamlMap(values), release, capabilities, helmVersion });
}

test('lines of dashes part documents, but for the second of two', () => {
  const { manifests } = render({
    'templates/a.yaml': 'kind: A\n \t\n--- \n---\nkind: B\n---kind: C\nnote: a --- b\n  \n',
  });
  assert.deepEqual(
    manifests.map(({ content }) => content),
    ['kind: A', '---\nkind: B', 'kind: C\nnote: a --- b'],
  );
});

test('of a key that a manifest has twice, the last one counts', () => {
  const { manifests } = render({
    'templates/a.yaml': 'kind: Pod\nmetadata: text\nkind: Secret\nmetadata: {name: one}\n',
    'templates/b.yaml': 'kind: Secret\nKind: Pod\n',
    'templates/c.yaml': 'kind: Pod\nkind:\n',
  });
  assert.deepEqual(
    manifests.map(({ kind, name }) => [kind, name]),
    [
      ['Secret', 'one'],
      ['Secret', ''],
      ['', ''],
    ],
  );
});

test('a name that is no text is told with its place', () => {
  assert.throws(() => render({ 'templates/a.yaml': 'kind: Pod\nmetadata: {name: [x]}\n' }), {
    message: /cannot unmarshal array into Go struct field \.metadata\.name of type string$/,
  });
});

test('a mark of byte order within a manifest is part of a key', () => {
  const rendered = render({ 'templates/a.yaml': 'a: 1\n\ufeffkind: Pod\n' });
  assert.match(joinManifests(rendered), /\ufeffkind: Pod/);
});

test('Helm 4 says that dependencies were at fault, and which client it has', () => {
  const files = {
    'charts/sub/Chart.yaml': 'apiVersion: v2\nname: sub\nversion: 1.0.0\n',
    'templates/a.yaml': 'is: {{ .Capabilities.HelmVersion | toJson }}',
  };
  assert.throws(() => render(files, 4, 'sub: text'), {
    message: /^chart dependencies processing failed: type mismatch/,
  });
  assert.throws(() => render(files, 3, 'sub: text'), { message: /^type mismatch/ });
  assert.match(joinManifests(render(files, 4)), /"kube_client_version":"v1\.36"/);
  assert.doesNotMatch(joinManifests(render(files, 3)), /kube_client_version/);
});
