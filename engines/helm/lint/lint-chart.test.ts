import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultCapabilities } from '../render/capabilities.ts';
import { lintChart } from './lint-chart.ts';
import { renderLintMessage } from './message.ts';
import type { TemplateLint } from './templates.ts';

function lint(files: Readonly<Record<string, string>>, more: Partial<TemplateLint> = {}): string[] {
  const chartFiles = Object.entries(files).map(([name, text]) => ({ name, data: Buffer.from(text) }));
  const options = {
    values: new Map(),
    namespace: 'default',
    capabilities: defaultCapabilities(),
    skipSchemaValidation: false,
    info: () => {},
    ...more,
  };
  return lintChart(chartFiles, '/chart', options).map(renderLintMessage);
}

const good = {
  'Chart.yaml': 'apiVersion: v2\nname: a\nversion: 1.0.0\nicon: https://example.org/a.png\n',
  'values.yaml': 'port: 80\n',
};

test('a chart that is right has no messages', () => {
  const files = { ...good, 'templates/a.yaml': 'kind: Secret\nmetadata: {name: {{ required "no" "x" }}}\n' };
  assert.deepEqual(lint(files), []);
});

test('values that do not come together are told, and no fault of the chart', () => {
  const files = {
    ...good,
    'values.yaml': 'sub: {tls: {auto: true}}\n',
    'charts/sub/Chart.yaml': 'apiVersion: v2\nname: sub\nversion: 1.0.0\n',
    'charts/sub/values.yaml': 'tls: off\n',
    'templates/a.yaml': '{{ .Values.sub.tls | toJson }}\n',
  };
  const told: string[] = [];
  lint(files, { info: (text) => told.push(text) });
  assert.deepEqual(told, Array(2).fill('warning: skipped value for a.sub.tls: Not a table.'));
});

test('Chart.yaml is checked field by field', () => {
  const chart = 'apiVersion: v1\nname: a\nversion: 1\ntype: application\nmaintainers: [{email: x}]\nsources: [here]\n';
  assert.deepEqual(lint({ 'Chart.yaml': chart, 'values.yaml': '' }), [
    "[ERROR] Chart.yaml: version should be of type string but it's of type float64",
    '[ERROR] Chart.yaml: each maintainer requires a name',
    "[ERROR] Chart.yaml: invalid source URL 'here'",
    '[INFO] Chart.yaml: icon is recommended',
    "[ERROR] Chart.yaml: chart type is not valid in apiVersion 'v1'. It is valid in apiVersion 'v2'",
  ]);
});

test('what templates render is checked for names, selectors and old kinds', () => {
  const files = {
    ...good,
    'templates/a.yaml':
      'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\n---\nkind: Service\nmetadata: {name: 1a}\n',
    'templates/b.yaml': 'apiVersion: policy/v1beta1\nkind: PodDisruptionBudget\nmetadata: {name: b}\n',
    'templates/c.yaml': '  kind: Secret\n',
    'templates/d.json': '{}',
  };
  const messages = lint(files);
  assert.equal(
    messages[0],
    '[ERROR] templates/a.yaml: a Deployment must contain matchLabels or matchExpressions, and "a" does not',
  );
  assert.match(
    messages[1] ?? '',
    /^\[WARNING\] templates\/a\.yaml: object name does not conform .*"1a": metadata\.name/,
  );
  assert.equal(
    messages[2],
    '[WARNING] templates/b.yaml: policy/v1beta1 PodDisruptionBudget is deprecated in v1.21+, unavailable in v1.25+; use policy/v1 PodDisruptionBudget',
  );
  assert.match(messages[3] ?? '', /templates\/c\.yaml: document starts with an illegal indent: " {2}kind: Secret"/);
  assert.match(messages.at(-1) ?? '', /file extension '\.json' not valid/);
});

test('values are checked against the schema, templates that do not render are told', () => {
  const schema = '{"properties": {"port": {"type": "string"}}}';
  const messages = lint({ ...good, 'values.schema.json': schema, 'templates/a.yaml': '{{ .Values.a.b }}' });
  assert.match(messages[0] ?? '', /^\[ERROR\] values\.yaml: - at '\/port': got number, want string/);
  assert.match(messages[1] ?? '', /^\[ERROR\] templates\/: values don't meet the specifications/);
});

test('a default that a null takes away is there again', () => {
  const files = { ...good, 'templates/a.yaml': 'a: {{ if .Values.port }}]{{ end }}\n' };
  assert.match(
    lint(files, { values: new Map([['port', null]]) })[0] ?? '',
    /^\[ERROR\] templates\/a\.yaml: unable to parse YAML/,
  );
});
