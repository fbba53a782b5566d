import assert from 'node:assert/strict';
import { test } from 'node:test';
import { namespaces } from '@croft/api/kinds';
import { createApiServer } from '@croft/apiserver/server';
import { createClient } from '@croft/client/client';
import { systemClock } from '@croft/foundation/clock';
import { silentLog } from '@croft/foundation/log';
import { loadChartFiles } from '@croft/helm/chart/load-files';
import type { DeployOptions } from '@croft/release/deploy-options';
import { installRelease } from '@croft/release/install';
import { withKnownHistory } from '@croft/release/known-history';
import { deleteRecord, readHistory } from '@croft/release/record-store';
import { rollbackRelease } from '@croft/release/rollback';
import { upgradeRelease } from '@croft/release/upgrade';
import { openMemoryStore } from '@croft/store/memory-store';

const release = { name: 'web', namespace: 'sites' };
const manifest = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\n';
const files = { 'Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.0.0\n', 'templates/all.yaml': manifest };
const chart = loadChartFiles(Object.entries(files).map(([name, text]) => ({ name, data: Buffer.from(text) })));
const options: DeployOptions = { release, chart, values: new Map(), maxHistory: 2, timeoutMs: 10_000, wait: true };

test('the records of a release are listed once, known by what is written, and listed anew after a while', async (t) => {
  const api = await createApiServer({ store: openMemoryStore(), clock: systemClock, log: silentLog });
  t.after(() => api[Symbol.asyncDispose]());
  let lists = 0;
  const client = createClient((request) => {
    const url = new URL(request.url);
    if (request.method === 'GET' && url.pathname.endsWith('/secrets')) lists += 1;
    return api.fetch(request);
  });
  await client.create(namespaces, { metadata: { name: release.namespace } });
  let nowMs = Date.now();
  const clock = { ...systemClock, now: () => nowMs };
  const known = withKnownHistory(client, release, clock);
  const context = { client: known, clock, log: silentLog };
  const statuses = async (from: typeof client) =>
    (await readHistory(from, release)).map(({ version, info }) => `${version} ${info.status}`);

  await installRelease(context, options);
  await upgradeRelease(context, options);
  await upgradeRelease(context, options);
  assert.deepEqual(await statuses(known), ['2 superseded', '3 deployed']);
  assert.equal(lists, 1);
  assert.deepEqual(await statuses(client), ['2 superseded', '3 deployed']);

  // Somebody else goes on with the release.
  await rollbackRelease({ client, clock, log: silentLog }, { release, maxHistory: 2, timeoutMs: 10_000, wait: true });
  nowMs += 60_000;
  assert.deepEqual(await statuses(known), ['3 superseded', '4 deployed']);

  const before = lists;
  const [, newest] = await readHistory(known, release);
  assert.ok(newest);
  await deleteRecord({ client }, newest);
  await assert.rejects(deleteRecord({ client: known }, newest), /not found/);
  assert.deepEqual(await statuses(known), ['3 superseded']);
  assert.equal(lists, before + 1, 'a write that failed has them listed anew');
});
