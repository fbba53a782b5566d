import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { run } from '@croft/foundation/process';
import { fillRepository } from './repository.ts';

async function setUp(t: TestContext) {
  const root = await mkdtemp(join(tmpdir(), 'croft-repository-'));
  t.after(() => rm(root, { recursive: true, force: true }));
  const shipped = join(root, 'shipped');
  await mkdir(shipped);
  await writeFile(join(shipped, 'a.yaml'), 'a: 1\n');
  await writeFile(join(shipped, 'b.yaml'), 'b: 1\n');
  const repository = { dir: join(root, 'catalog.git'), branch: 'main' };
  const show = async (file: string) =>
    (await run('git', ['--git-dir', repository.dir, 'show', `main:${file}`], { timeoutMs: 10_000 })).stdout;
  const pushChange = async (file: string, text: string) => {
    const work = join(root, 'work');
    await rm(work, { recursive: true, force: true });
    const git = (...args: string[]) =>
      run('git', ['-c', 'user.name=t', '-c', 'user.email=t@localhost', ...args], { timeoutMs: 10_000 });
    await git('clone', '--quiet', repository.dir, work);
    await writeFile(join(work, file), text);
    await git('-C', work, 'commit', '--quiet', '-am', 'change');
    await git('-C', work, 'push', '--quiet', 'origin', 'main');
  };
  return { shipped, repository, show, pushChange };
}

test('shipped contents become the branch, and newer ones follow', async (t) => {
  const { shipped, repository, show } = await setUp(t);
  assert.equal(await fillRepository(repository, shipped, 'first'), 'created');
  assert.equal(await fillRepository(repository, shipped, 'again'), 'unchanged');
  await writeFile(join(shipped, 'a.yaml'), 'a: 2\n');
  assert.equal(await fillRepository(repository, shipped, 'second'), 'updated');
  assert.equal(await show('a.yaml'), 'a: 2\n');
});

test('what was pushed stays when newer contents are merged', async (t) => {
  const { shipped, repository, show, pushChange } = await setUp(t);
  await fillRepository(repository, shipped, 'first');
  await pushChange('b.yaml', 'b: mine\n');
  await writeFile(join(shipped, 'a.yaml'), 'a: 2\n');
  assert.equal(await fillRepository(repository, shipped, 'second'), 'merged');
  assert.equal(await show('a.yaml'), 'a: 2\n');
  assert.equal(await show('b.yaml'), 'b: mine\n');
});

test('where both changed the same lines the branch stays as it was pushed', async (t) => {
  const { shipped, repository, show, pushChange } = await setUp(t);
  await fillRepository(repository, shipped, 'first');
  await pushChange('a.yaml', 'a: mine\n');
  await writeFile(join(shipped, 'a.yaml'), 'a: 2\n');
  assert.equal(await fillRepository(repository, shipped, 'second'), 'conflict');
  assert.equal(await show('a.yaml'), 'a: mine\n');
});
