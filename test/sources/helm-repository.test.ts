import assert from 'node:assert/strict';
import { test } from 'node:test';
import { helmRepositories } from '@croft/gitops/helm-repository/types';
import { startChartServer } from './chart-server.ts';
import { conditionOf, readyOf, startSourceWorld } from './world.ts';

const interval = '1h';

test('the index of a chart repository becomes an artifact; a newer one follows', async (t) => {
  const world = await startSourceWorld(t);
  await using server = await startChartServer(world.root);
  await server.add('web', '1.0.0');
  const first = await world.createReady(helmRepositories, 'charts', { url: server.url, interval });
  const artifact = first.status?.artifact;
  assert.ok(artifact);
  assert.equal(artifact.revision, artifact.digest);
  assert.match(await (await fetch(artifact.url)).text(), /web-1\.0\.0\.tgz/);
  const same = await world.change(helmRepositories, 'charts', {}, 'True');
  assert.deepEqual(same.status?.artifact, artifact);
  await server.add('web', '2.0.0');
  const newer = await world.change(helmRepositories, 'charts', {}, 'True');
  assert.notEqual(newer.status?.artifact?.revision, artifact.revision);
});

test('a broken index and an unreachable repository keep the last one, and say what is wrong', async (t) => {
  const world = await startSourceWorld(t);
  await using server = await startChartServer(world.root);
  await server.add('web', '1.0.0');
  const good = await world.createReady(helmRepositories, 'charts', { url: server.url, interval });
  await server.writeIndex('this: [is no index');
  const broken = await world.change(helmRepositories, 'charts', {}, 'False');
  assert.deepEqual([readyOf(broken)?.reason, conditionOf(broken, 'FetchFailed')?.status], ['IndexationFailed', 'True']);
  assert.deepEqual(broken.status?.artifact, good.status?.artifact);
  const away = await world.change(helmRepositories, 'charts', { url: 'http://127.0.0.1:9/charts' }, 'False');
  assert.match(readyOf(away)?.message ?? '', /127\.0\.0\.1:9\/charts\/index\.yaml.*refused/i);
  assert.deepEqual(away.status?.artifact, good.status?.artifact);
  await server.add('web', '1.1.0');
  const healed = await world.change(helmRepositories, 'charts', { url: server.url }, 'True');
  assert.equal(conditionOf(healed, 'FetchFailed'), undefined);
});

test('a repository with a password; a Secret that lacks half of it is named', async (t) => {
  const world = await startSourceWorld(t);
  await using server = await startChartServer(world.root, { username: 'me', password: 'right' });
  await server.add('web', '1.0.0');
  await world.createSecret('charts', { username: 'me' });
  const spec = { url: server.url, interval, secretRef: { name: 'charts' } };
  await world.client.create(helmRepositories, { metadata: { namespace: 'apps', name: 'charts' }, spec });
  const half = await world.until(helmRepositories, 'charts', (object) => readyOf(object)?.status === 'False');
  assert.match(readyOf(half)?.message ?? '', /Secret apps\/charts needs username and password together/);
  await world.createSecret('charts', { username: 'me', password: 'right' });
  await world.until(helmRepositories, 'charts', (object) => readyOf(object)?.status === 'True');
});

test('a registry has no index; a URL of the wrong kind is told', async (t) => {
  const world = await startSourceWorld(t);
  const found = await world.createReady(helmRepositories, 'oci', { url: 'oci://127.0.0.1/charts', type: 'oci' });
  assert.equal(found.status?.artifact, undefined);
  const wrong = await world.change(helmRepositories, 'oci', { type: 'default' }, 'False');
  assert.deepEqual([readyOf(wrong)?.reason, conditionOf(wrong, 'Stalled')?.status], ['URLInvalid', 'True']);
  assert.match(readyOf(wrong)?.message ?? '', /set spec\.type to oci/);
});
