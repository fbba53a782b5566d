import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { gitRepositories } from '@croft/gitops/types';
import { createRepository } from './repository.ts';
import { conditionOf, readyOf, startSourceWorld } from './world.ts';

const interval = '1h';

test('a branch becomes an artifact that is served with its digest, and a push a newer one', async (t) => {
  const world = await startSourceWorld(t);
  const repository = await createRepository(world.root);
  const commit = await repository.commit({ 'deploy/a.yaml': 'a: 1\n', 'docs/logo.png': 'no' });
  const first = await world.createReady(gitRepositories, 'app', {
    url: repository.url,
    interval,
    ref: { branch: 'main' },
  });
  const artifact = first.status?.artifact;
  assert.ok(artifact);
  assert.equal(artifact.revision, `main@sha1:${commit}`);
  assert.equal(readyOf(first)?.message, `stored artifact for revision 'main@sha1:${commit}'`);
  assert.deepEqual(
    [conditionOf(first, 'ArtifactInStorage')?.status, readyOf(first)?.reason, first.status?.observedGeneration],
    ['True', 'Succeeded', 1],
  );
  const response = await fetch(artifact.url);
  const body = Buffer.from(await response.arrayBuffer());
  assert.deepEqual(
    [response.status, body.length, response.headers.get('etag')],
    [200, artifact.size, `"${artifact.digest}"`],
  );
  assert.deepEqual(await readdir(await world.artifacts.open(artifact)), ['deploy']);
  const next = await repository.commit({ 'deploy/a.yaml': 'a: 2\n' });
  const second = await world.until(
    gitRepositories,
    'app',
    (object) => object?.status?.artifact?.revision.endsWith(next) && readyOf(object)?.status === 'True',
  );
  assert.ok(second.status?.artifact);
  const folder = await world.artifacts.open(second.status.artifact);
  assert.equal(await readFile(join(folder, 'deploy/a.yaml'), 'utf8'), 'a: 2\n');
});
