import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import { loadChartFiles } from '../chart/load-files.ts';
import { decodeRelease, encodeRelease } from './encoding.ts';
import type { ReleaseRecord } from './record.ts';
import { chartOfRecord, recordChart } from './record-chart.ts';

const chart = loadChartFiles(
  Object.entries({
    'Chart.yaml':
      'apiVersion: v2\nname: shop\nversion: 1.0.0\nmaintainers: [{name: Ann}]\nannotations: {a: b}\ndependencies: [{name: db, version: "1", repository: "", condition: db.on, import-values: [data]}]\n',
    'values.yaml': 'list: [1, 2.5, text, null]\n',
    'templates/a.yaml': 'a: <b> & "c"\n',
    'README.md': '# Shop\n',
  }).map(([name, text]) => ({ name, data: Buffer.from(text) })),
);

const record: ReleaseRecord = {
  name: 'web',
  info: {
    first_deployed: '2026-01-02T03:04:05Z',
    last_deployed: '2026-01-02T03:04:05Z',
    deleted: '',
    description: 'd',
    status: 'deployed',
  },
  chart: recordChart(chart),
  config: {},
  manifest: '',
  hooks: [
    {
      name: 'h',
      kind: 'Job',
      path: 'shop/templates/h.yaml',
      manifest: 'kind: Job',
      events: ['test'],
      last_run: { started_at: '', completed_at: '', phase: '' },
    },
  ],
  version: 2,
  namespace: 'sites',
  apply_method: 'ssa',
};

const stored = (helmVersion?: 3 | 4): Record<string, unknown> =>
  JSON.parse(gunzipSync(Buffer.from(encodeRelease(record, helmVersion), 'base64')).toString('utf8'));

test('a record has the keys of Helm in their order, but for what is empty', () => {
  assert.deepEqual(Object.keys(stored(3)), ['name', 'info', 'chart', 'hooks', 'version', 'namespace']);
  assert.deepEqual(Object.keys(stored(4)), ['name', 'info', 'chart', 'hooks', 'version', 'namespace', 'apply_method']);
  assert.equal((stored(3).info as { deleted?: string }).deleted, '');
  assert.equal('deleted' in (stored(4).info as object), false);
  assert.deepEqual((stored(4).hooks as { last_run: unknown }[])[0]?.last_run, { phase: '' });
});

test('what either version wrote is read back as it was', () => {
  assert.deepEqual(decodeRelease(encodeRelease(record, 4)), record);
  const { apply_method: _, ...older } = record;
  assert.deepEqual(decodeRelease(encodeRelease(record, 3)), older);
});

test('records from before compression are read, too', () => {
  const plain = JSON.stringify({ name: 'web', info: { status: 'failed' }, version: 1 });
  const read = decodeRelease(Buffer.from(plain).toString('base64'));
  assert.deepEqual([read.name, read.config, read.manifest, read.hooks, read.info.deleted], ['web', {}, '', [], '']);
  assert.equal(decodeRelease(gzipSync(plain).toString('base64')).info.status, 'failed');
  assert.throws(() => decodeRelease('bm8='), SyntaxError);
});

test('a chart comes out of its record as it went in, but for its subcharts', () => {
  const { metadata, values, templates, files } = chartOfRecord(record.chart);
  assert.deepEqual(metadata, chart.metadata);
  assert.deepEqual(values, chart.values);
  const text = (list: readonly { data: Uint8Array }[]) => list.map(({ data }) => Buffer.from(data).toString('utf8'));
  assert.deepEqual(text(templates), text(chart.templates));
  assert.deepEqual(text(files), text(chart.files));
  assert.deepEqual(recordChart(chartOfRecord(record.chart)), record.chart);
});
