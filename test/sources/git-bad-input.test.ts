import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { gitRepositories } from '@croft/gitops/types';
import { createRepository } from '../support/repository.ts';
import { startGitHttp } from './git-http.ts';
import { conditionOf, readyOf, startSourceWorld } from './world.ts';

const interval = '1h';
const ref = { branch: 'main' };

async function setUp(t: TestContext) {
  const world = await startSourceWorld(t);
  const repository = await createRepository(world.root);
  const server = await startGitHttp(world.root);
  t.after(() => server[Symbol.asyncDispose]());
  const url = `${server.url}/repository.git`;
  await repository.commit({ 'a.yaml': 'a: 1\n' });
  const good = await world.createReady(gitRepositories, 'app', { url, interval, ref });
  return { world, repository, url, good };
}

test('an unreachable repository: the artifact stays, the condition says where, and it heals', async (t) => {
  const { world, repository, good } = await setUp(t);
  await rename(repository.dir, `${repository.dir}.away`);
  const failed = await world.change(gitRepositories, 'app', {}, 'False');
  assert.equal(readyOf(failed)?.reason, 'GitOperationFailed');
  assert.match(readyOf(failed)?.message ?? '', /failed to fetch http:.*repository\.git.* not found/);
  assert.deepEqual(
    [conditionOf(failed, 'FetchFailed')?.status, conditionOf(failed, 'ArtifactInStorage')?.status],
    ['True', 'True'],
  );
  assert.deepEqual(failed.status?.artifact, good.status?.artifact);
  assert.equal((await fetch(good.status?.artifact?.url ?? '')).status, 200);
  await rename(`${repository.dir}.away`, repository.dir);
  const healed = await world.change(gitRepositories, 'app', {}, 'True');
  assert.equal(conditionOf(healed, 'FetchFailed'), undefined);
});

test('a rewritten branch is followed', async (t) => {
  const { world, repository } = await setUp(t);
  await repository.git('checkout', '--quiet', '--orphan', 'fresh');
  await repository.git('rm', '-rq', '--cached', '.');
  await rm(join(repository.work, 'a.yaml'));
  await writeFile(join(repository.work, 'b.yaml'), 'b: 1\n');
  await repository.git('add', '.');
  await repository.git('commit', '--quiet', '-m', 'rewritten');
  await repository.git('push', '--quiet', '--force', 'origin', 'fresh:main');
  const commit = await repository.git('rev-parse', 'HEAD');
  const found = await world.change(gitRepositories, 'app', {}, 'True');
  assert.ok(found.status?.artifact);
  assert.equal(found.status.artifact.revision, `main@sha1:${commit}`);
  assert.deepEqual(await readdir(await world.artifacts.open(found.status.artifact)), ['b.yaml']);
});

test('an emptied repository and a branch that is gone keep the artifact; a push heals', async (t) => {
  const { world, repository, good } = await setUp(t);
  await repository.git('push', '--quiet', 'origin', 'main:other');
  await repository.git('push', '--quiet', 'origin', ':main');
  const gone = await world.change(gitRepositories, 'app', {}, 'False');
  assert.match(readyOf(gone)?.message ?? '', /has no branch "main"; it has other/);
  await repository.git('push', '--quiet', 'origin', ':other');
  const empty = await world.change(gitRepositories, 'app', {}, 'False');
  assert.match(readyOf(empty)?.message ?? '', /is empty: push a commit to the branch "main"/);
  assert.deepEqual(empty.status?.artifact, good.status?.artifact);
  const commit = await repository.commit({ 'a.yaml': 'a: 2\n' });
  const healed = await world.change(gitRepositories, 'app', {}, 'True');
  assert.equal(healed.status?.artifact?.revision, `main@sha1:${commit}`);
});

test('a server that never answers is given up after the timeout', async (t) => {
  const { world, url: goodUrl, good } = await setUp(t);
  const sockets: Socket[] = [];
  const server = createServer((socket) => sockets.push(socket)).listen(0, '127.0.0.1');
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/a.git`;
  const failed = await world.change(gitRepositories, 'app', { url, timeout: '1s' }, 'False');
  assert.match(readyOf(failed)?.message ?? '', /did not finish within 1 s/);
  assert.deepEqual(failed.status?.artifact, good.status?.artifact);
  await world.change(gitRepositories, 'app', { url: goodUrl, timeout: '60s' }, 'True');
});

test('what a killed process left in the cache, locks and a broken repository, is overcome', async (t) => {
  const { world, repository } = await setUp(t);
  const [uid = ''] = await readdir(join(world.root, 'cache'));
  const [name = ''] = await readdir(join(world.root, 'cache', uid));
  const cache = join(world.root, 'cache', uid, name);
  for (const lock of ['shallow.lock', 'refs/croft/fetched.lock', 'packed-refs.lock'])
    await writeFile(join(cache, lock), '');
  const second = await repository.commit({ 'a.yaml': 'a: 2\n' });
  assert.match(
    (await world.change(gitRepositories, 'app', {}, 'True')).status?.artifact?.revision ?? '',
    RegExp(second),
  );
  await rm(join(cache, 'objects', 'pack'), { recursive: true });
  await mkdir(join(cache, 'objects', 'pack'));
  await writeFile(join(cache, 'refs', 'croft', 'fetched'), 'no commit\n');
  const third = await repository.commit({ 'a.yaml': 'a: 3\n' });
  assert.match(
    (await world.change(gitRepositories, 'app', {}, 'True')).status?.artifact?.revision ?? '',
    RegExp(third),
  );
});

test('a suspended source is left alone until it is resumed', async (t) => {
  const { world, repository, good } = await setUp(t);
  await world.client.patch(gitRepositories, { namespace: 'apps', name: 'app' }, { spec: { suspend: true } });
  const next = await repository.commit({ 'a.yaml': 'a: 2\n' });
  const key = { namespace: 'apps', name: 'app' };
  assert.deepEqual((await world.client.get(gitRepositories, key)).status?.artifact, good.status?.artifact);
  await world.client.patch(gitRepositories, key, { spec: { suspend: false } });
  await world.until(gitRepositories, 'app', (object) => object?.status?.artifact?.revision.endsWith(next));
});
