import assert from 'node:assert/strict';
import { readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { defineKind } from '@croft/api/kind';
import { events } from '@croft/api/kinds';
import { type GitRepository, gitRepositories } from '@croft/gitops/types';
import { createRepository, type TestRepository } from '../support/repository.ts';
import { startGitHttp } from './git-http.ts';
import { conditionOf, readyOf, type SourceWorld, startSourceWorld } from './world.ts';

const interval = '1h';
const ref = { branch: 'main' };

async function setUp(t: TestContext) {
  const world = await startSourceWorld(t);
  const repository = await createRepository(world.root);
  return { world, repository };
}

async function filesOf(world: SourceWorld, { status }: GitRepository): Promise<string[]> {
  assert.ok(status?.artifact);
  const folder = await world.artifacts.open(status.artifact);
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}

test('a branch becomes an artifact that is served with its digest, and a push a newer one', async (t) => {
  const { world, repository } = await setUp(t);
  const commit = await repository.commit({ 'deploy/a.yaml': 'a: 1\n', 'docs/logo.png': 'no' });
  const first = await world.createReady(gitRepositories, 'app', { url: repository.url, interval, ref });
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
  assert.deepEqual(await filesOf(world, first), ['deploy/a.yaml']);
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

test('events tell of new artifacts with their commit, and of troubles and their end', async (t) => {
  const { world, repository } = await setUp(t);
  await repository.commit({ a: '1' });
  await world.createReady(gitRepositories, 'app', { url: repository.url, interval, ref });
  await world.change(gitRepositories, 'app', { ref: { branch: 'none' } }, 'False');
  await world.change(gitRepositories, 'app', { ref }, 'True');
  const told = async () =>
    (await world.client.list(events, { namespace: 'apps' })).items
      .map(({ reason, message }) => `${reason} ${message?.replace(/ \/\S+/, '')}`)
      .sort();
  const expected = [
    'GitOperationFailed failed to fetch the repository has no branch "none"; it has main',
    "NewArtifact stored artifact for commit 'change'",
    'Succeeded stored artifact for revision',
  ];
  const deadline = Date.now() + 60_000;
  while ((await told()).length < expected.length && Date.now() < deadline) await world.context.clock.wait(20);
  assert.deepEqual(
    (await told()).map((line, index) => line.slice(0, expected[index]?.length)),
    expected,
  );
});

test('the same contents have the same digest, whatever the commit', async (t) => {
  const { world, repository } = await setUp(t);
  await repository.commit({ a: '1', 'b/c': '2' });
  const first = await world.createReady(gitRepositories, 'app', { url: repository.url, interval, ref });
  const next = await repository.commit({});
  const second = await world.until(gitRepositories, 'app', (object) =>
    object?.status?.artifact?.revision.endsWith(next),
  );
  assert.equal(second.status?.artifact?.digest, first.status?.artifact?.digest);
});

for (const over of ['disk', 'http']) {
  test(`tags, ranges of versions, names and commits are found, each with its revision, over ${over}`, async (t) => {
    const { world, repository } = await setUp(t);
    await using server = await startGitHttp(world.root);
    await findAll(world, repository, over === 'disk' ? repository.url : `${server.url}/repository.git`);
  });
}

async function findAll(world: SourceWorld, repository: TestRepository, url: string): Promise<void> {
  const { git, tag } = repository;
  const one = await repository.commit({ a: '1' });
  await tag('v1.0.0');
  const two = await repository.commit({ a: '2' });
  await git('tag', '-a', '-m', 'annotated', 'v1.2.0');
  await git('push', '--quiet', 'origin', 'v1.2.0');
  const three = await repository.commit({ a: '3' });
  await tag('v2.0.0-rc.1');
  await git('push', '--quiet', 'origin', `${one}:refs/pull/7/head`);
  const cases: [string, NonNullable<NonNullable<GitRepository['spec']>['ref']>, string][] = [
    ['by-tag', { tag: 'v1.0.0' }, `v1.0.0@sha1:${one}`],
    ['annotated', { tag: 'v1.2.0' }, `v1.2.0@sha1:${two}`],
    ['range', { semver: '>=1.0.0', tag: 'v1.0.0' }, `v1.2.0@sha1:${two}`],
    ['prerelease', { semver: '>=1.0.0-0' }, `v2.0.0-rc.1@sha1:${three}`],
    ['by-name', { name: 'refs/pull/7/head' }, `refs/pull/7/head@sha1:${one}`],
    ['commit', { commit: two, branch: 'main' }, `main@sha1:${two}`],
    ['bare-commit', { commit: one }, `sha1:${one}`],
  ];
  for (const [name, reference, revision] of cases) {
    const found = await world.createReady(gitRepositories, name, { url, interval, ref: reference });
    assert.equal(found.status?.artifact?.revision, revision, name);
  }
  const none = { commit: '0123456789012345678901234567890123456789' };
  const failed = await world.change(gitRepositories, 'bare-commit', { ref: none }, 'False');
  assert.match(readyOf(failed)?.message ?? '', /the commit 0123456789\d+ is not in the repository/);
}

test('a newer tag of a repository on this machine is noticed at once', async (t) => {
  const { world, repository } = await setUp(t);
  await repository.commit({ a: '1' });
  await repository.tag('v1.0.0');
  await world.createReady(gitRepositories, 'app', { url: repository.url, interval, ref: { semver: '1.x' } });
  const commit = await repository.commit({ a: '2' });
  await repository.tag('v1.1.0');
  await world.until(gitRepositories, 'app', (object) => object?.status?.artifact?.revision === `v1.1.0@sha1:${commit}`);
});

test('ignore rules of the repository and of the spec decide what the artifact holds', async (t) => {
  const { world, repository } = await setUp(t);
  await repository.commit({
    'a.yaml': '',
    'b.yaml': '',
    'docs/c.md': '',
    'docs/d.png': '',
    '.sourceignore': '*.md\n',
    'sub/.sourceignore': '/e.yaml\n',
    'sub/e.yaml': '',
    'e.yaml': '',
  });
  const { url } = repository;
  const first = await world.createReady(gitRepositories, 'app', { url, interval, ref, ignore: '/b.yaml\n' });
  assert.deepEqual(await filesOf(world, first), [
    '.sourceignore',
    'a.yaml',
    'docs/d.png',
    'e.yaml',
    'sub/.sourceignore',
  ]);
  assert.equal(first.status?.observedIgnore, '/b.yaml\n');
  const second = await world.change(gitRepositories, 'app', { ignore: '/*\n!/docs\n' }, 'True');
  assert.deepEqual(await filesOf(world, second), ['docs/c.md', 'docs/d.png']);
});

test('a repository that names the kind by its older version is fetched as well', async (t) => {
  const { world, repository } = await setUp(t);
  await repository.commit({ 'a.yaml': '' });
  const older = defineKind<GitRepository>('source.toolkit.fluxcd.io/v1beta2', 'GitRepository', 'gitrepositories');
  const spec = { url: repository.url, interval, ref };
  await world.client.create(older, { metadata: { namespace: 'apps', name: 'app' }, spec });
  await world.until(gitRepositories, 'app', (object) => readyOf(object)?.status === 'True');
});

test('links and line endings: an artifact holds plain files as they were committed', async (t) => {
  const { world, repository } = await setUp(t);
  await symlink('/etc/passwd', join(repository.work, 'passwd'));
  await repository.commit({
    'a.yaml': 'a: 1\n',
    '.gitattributes': '* text eol=crlf\nsecret export-ignore\n',
    secret: 's',
  });
  const found = await world.createReady(gitRepositories, 'app', { url: repository.url, interval, ref });
  assert.deepEqual(await filesOf(world, found), ['a.yaml', 'secret']);
  assert.ok(found.status?.artifact);
  const folder = await world.artifacts.open(found.status.artifact);
  assert.equal(await readFile(join(folder, 'a.yaml'), 'utf8'), 'a: 1\n');
});

test('a sparse checkout holds its folders alone, and says which one does not exist', async (t) => {
  const { world, repository } = await setUp(t);
  await repository.commit({ 'apps/web/a.yaml': '', 'apps/mail/b.yaml': '', 'c.yaml': '' });
  const { url } = repository;
  const first = await world.createReady(gitRepositories, 'app', { url, interval, ref, sparseCheckout: ['./apps/web'] });
  assert.deepEqual(await filesOf(world, first), ['apps/web/a.yaml']);
  const failed = await world.change(gitRepositories, 'app', { sparseCheckout: ['apps/none'] }, 'False');
  assert.match(readyOf(failed)?.message ?? '', /apps\/none/);
  assert.deepEqual(failed.status?.artifact, first.status?.artifact);
  const healed = await world.change(gitRepositories, 'app', { sparseCheckout: ['apps/mail'] }, 'True');
  assert.deepEqual(await filesOf(world, healed), ['apps/mail/b.yaml']);
});

test('submodules are fetched when asked for', async (t) => {
  const { world, repository } = await setUp(t);
  const other = await createRepository(world.root, 'other');
  await other.commit({ 'lib/x.yaml': 'x: 1\n' });
  const { git, url } = repository;
  await git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', '../other.git', 'vendor/other');
  await repository.commit({ 'a.yaml': '' });
  const without = await world.createReady(gitRepositories, 'app', { url, interval, ref });
  assert.deepEqual(await filesOf(world, without), ['a.yaml']);
  const found = await world.change(gitRepositories, 'app', { recurseSubmodules: true }, 'True');
  assert.deepEqual(await filesOf(world, found), ['a.yaml', 'vendor/other/lib/x.yaml']);
  const sparse = await world.change(gitRepositories, 'app', { sparseCheckout: ['vendor'] }, 'True');
  assert.deepEqual(await filesOf(world, sparse), ['vendor/other/lib/x.yaml']);
});

test("another repository's files are included, and follow its pushes", async (t) => {
  const { world, repository } = await setUp(t);
  const other = await createRepository(world.root, 'other');
  await repository.commit({ 'a.yaml': '', 'deps/old.yaml': '' });
  const { url } = repository;
  const include = [{ repository: { name: 'other' }, fromPath: 'deploy', toPath: 'deps' }];
  await world.client.create(gitRepositories, {
    metadata: { namespace: 'apps', name: 'app' },
    spec: { url, interval, ref, include },
  });
  const waiting = await world.until(gitRepositories, 'app', (object) => readyOf(object)?.reason === 'NotFound');
  assert.match(readyOf(waiting)?.message ?? '', /apps\/other named in spec.include does not exist/);
  await other.commit({ 'deploy/b.yaml': '1' });
  await world.createReady(gitRepositories, 'other', { url: other.url, interval, ref });
  const found = await world.until(gitRepositories, 'app', (object) => readyOf(object)?.status === 'True');
  assert.deepEqual(await filesOf(world, found), ['a.yaml', 'deps/b.yaml']);
  assert.equal(conditionOf(found, 'IncludeUnavailable'), undefined);
  const next = await other.commit({ 'deploy/c.yaml': '2' });
  const newer = await world.until(
    gitRepositories,
    'app',
    (object) => object?.status?.includedArtifacts?.[0]?.revision === `main@sha1:${next}`,
  );
  assert.deepEqual(await filesOf(world, newer), ['a.yaml', 'deps/b.yaml', 'deps/c.yaml']);
});

test('a damaged artifact is fetched again, one of a deleted source is removed', async (t) => {
  const { world, repository } = await setUp(t);
  await repository.commit({ 'a.yaml': 'a: 1\n' });
  const first = await world.createReady(gitRepositories, 'app', { url: repository.url, interval, ref });
  assert.ok(first.status?.artifact);
  await writeFile(join(world.root, 'artifacts', first.status.artifact.path), 'damaged');
  const healed = await world.change(gitRepositories, 'app', {}, 'True');
  assert.ok(healed.status?.artifact);
  assert.equal((await (await fetch(healed.status.artifact.url)).arrayBuffer()).byteLength, first.status.artifact.size);
  await world.client.delete(gitRepositories, { namespace: 'apps', name: 'app' });
  await world.until(gitRepositories, 'app', (object) => object === undefined);
  assert.deepEqual(await readdir(join(world.root, 'artifacts', 'gitrepository', 'apps')), []);
  assert.deepEqual(await readdir(join(world.root, 'cache')), []);
});
