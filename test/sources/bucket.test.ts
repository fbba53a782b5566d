import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { buckets } from '@croft/gitops/bucket/types';
import { startS3Server } from './s3-server.ts';
import { conditionOf, readyOf, startSourceWorld } from './world.ts';

async function setUp(t: TestContext) {
  const world = await startSourceWorld(t);
  const root = join(world.root, 's3');
  const server = await startS3Server(root, 'AKID', 's3cr3t');
  t.after(() => server[Symbol.asyncDispose]());
  await world.createSecret('s3', { accesskey: 'AKID', secretkey: 's3cr3t' });
  const put = async (files: Record<string, string>) => {
    for (const [name, text] of Object.entries(files)) {
      await mkdir(dirname(join(root, 'apps', name)), { recursive: true });
      await writeFile(join(root, 'apps', name), text);
    }
  };
  const endpoint = server.url.replace('http://', '');
  const spec = { bucketName: 'apps', endpoint, insecure: true, interval: '1h', secretRef: { name: 's3' } };
  return { world, root, server, put, spec };
}

test('the objects of a bucket become an artifact, but for those that are ignored', async (t) => {
  const { world, put, spec } = await setUp(t);
  const odd = "deploy/b c+d&'(é).yaml";
  await put({
    'deploy/a.yaml': 'a: 1',
    [odd]: 'b',
    'notes.md': '',
    'logo.png': '',
    '.sourceignore': '*.md\n',
    'x/y.txt': '',
  });
  const first = await world.createReady(buckets, 'app', { ...spec, ignore: '*.txt\n' });
  assert.ok(first.status?.artifact);
  const folder = await world.artifacts.open(first.status.artifact);
  assert.deepEqual(
    (await readdir(folder, { recursive: true })).sort(),
    ['deploy', 'deploy/a.yaml', odd, 'logo.png'].sort(),
  );
  assert.match(first.status.artifact.revision, /^sha256:[0-9a-f]{64}$/);
  const same = await world.change(buckets, 'app', {}, 'True');
  assert.deepEqual(same.status?.artifact, first.status.artifact);
  await put({ 'deploy/a.yaml': 'a: 2' });
  const newer = await world.change(buckets, 'app', { prefix: 'deploy/' }, 'True');
  assert.ok(newer.status?.artifact);
  const next = await world.artifacts.open(newer.status.artifact);
  assert.deepEqual(await readdir(next), ['deploy']);
  assert.equal(await readFile(join(next, 'deploy/a.yaml'), 'utf8'), 'a: 2');
});

test('a wrong key, a bucket that is gone and a cloud login keep the artifact, and say what to do', async (t) => {
  const { world, root, put, spec } = await setUp(t);
  await put({ 'a.yaml': '1' });
  const good = await world.createReady(buckets, 'app', spec);
  await world.createSecret('s3', { accesskey: 'AKID', secretkey: 'wrong' });
  const wrong = await world.until(buckets, 'app', (object) => readyOf(object)?.status === 'False');
  assert.match(readyOf(wrong)?.message ?? '', /bucket "apps": 403 SignatureDoesNotMatch/);
  assert.equal(conditionOf(wrong, 'FetchFailed')?.reason, 'BucketOperationFailed');
  await world.createSecret('s3', { accesskey: 'AKID', secretkey: 's3cr3t' });
  await world.until(buckets, 'app', (object) => readyOf(object)?.status === 'True');
  await rm(join(root, 'apps'), { recursive: true });
  const gone = await world.change(buckets, 'app', {}, 'False');
  assert.match(readyOf(gone)?.message ?? '', /404 NoSuchBucket/);
  const cloud = await world.change(buckets, 'app', { provider: 'gcp' }, 'False');
  assert.match(readyOf(cloud)?.message ?? '', /spec\.provider "gcp" is not supported: use generic or aws/);
  assert.deepEqual(cloud.status?.artifact, good.status?.artifact);
  await put({ 'a.yaml': '2' });
  await world.change(buckets, 'app', { provider: 'generic' }, 'True');
});
