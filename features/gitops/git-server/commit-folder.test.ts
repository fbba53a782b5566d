import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { run } from '@croft/foundation/process';
import { commitFolder } from './commit-folder.ts';

async function setUp(t: TestContext) {
  const root = await mkdtemp(join(tmpdir(), 'croft-commit-folder-'));
  t.after(() => rm(root, { recursive: true, force: true }));
  const folder = join(root, 'work');
  const dir = join(root, 'local.git');
  await mkdir(folder);
  const git = async (...args: string[]) =>
    (
      await run('git', ['-c', 'user.name=t', '-c', 'user.email=t@localhost', ...args], { timeoutMs: 20_000 })
    ).stdout.trim();
  const write = async (files: Record<string, string>, below = folder) => {
    for (const [name, text] of Object.entries(files)) {
      await mkdir(dirname(join(below, name)), { recursive: true });
      await writeFile(join(below, name), text);
    }
  };
  return {
    folder,
    git,
    write,
    commit: (from = folder) => commitFolder(dir, from, 'copy'),
    files: async () => (await git('--git-dir', dir, 'ls-tree', '-r', '--name-only', 'main')).split('\n'),
    show: (path: string) => git('--git-dir', dir, 'show', `main:${path}`),
    modes: () => git('--git-dir', dir, 'ls-tree', '-r', '--format=%(objectmode) %(path)', 'main'),
  };
}

test('uncommitted and untracked files are taken, ignored and deleted ones are not', async (t) => {
  const { folder, git, write, commit, files, show } = await setUp(t);
  await git('init', '--quiet', folder);
  await write({ 'flux/a.yaml': 'a: 1', 'flux/b.yaml': 'b: 1', '.gitignore': '*.secret\n', 'tracked.secret': 'x' });
  await git('-C', folder, 'add', '--force', '.');
  await git('-C', folder, 'commit', '--quiet', '-m', 'first');
  await write({
    'flux/a.yaml': 'a: 2',
    'flux/c d.yml': 'c: 1',
    'key.secret': 'k',
    'flux/.gitignore': 'no.yaml',
    'flux/no.yaml': 'n',
  });
  await rm(join(folder, 'flux/b.yaml'));
  const first = await commit();
  assert.deepEqual(await files(), ['.gitignore', 'flux/.gitignore', 'flux/a.yaml', 'flux/c d.yml', 'tracked.secret']);
  assert.equal(await show('flux/a.yaml'), 'a: 2');
  assert.deepEqual(await commit(), { commit: first.commit, unchanged: true });
  await write({ 'flux/a.yaml': 'a: 3' });
  const second = await commit();
  assert.notEqual(second.commit, first.commit);
  assert.equal(
    await git('-C', folder, 'status', '--porcelain', 'flux/b.yaml'),
    'D flux/b.yaml',
    'the folder is as it was',
  );
});

test('a folder that is no repository follows its .gitignore files; links and modes are kept', async (t) => {
  const { folder, write, commit, files, modes } = await setUp(t);
  await write({ 'run.sh': '#!/bin/sh', 'out/x': '1', '.gitignore': 'out/\n', 'deep/er/y.yaml': 'y: 1' });
  await chmod(join(folder, 'run.sh'), 0o755);
  await symlink('run.sh', join(folder, 'link'));
  await commit();
  assert.deepEqual(await files(), ['.gitignore', 'deep/er/y.yaml', 'link', 'run.sh']);
  assert.match(await modes(), /^120000 link$/m);
  assert.match(await modes(), /^100755 run\.sh$/m);
});

test('a part of a repository is taken, and a repository inside by its own rules', async (t) => {
  const { folder, git, write, commit, files } = await setUp(t);
  await git('init', '--quiet', folder);
  await write({ 'other/x': '1', 'part/flux/a.yaml': 'a: 1', '.gitignore': '*.log\n', 'part/a.log': '' });
  await git('init', '--quiet', join(folder, 'part/sub'));
  await write({ 'part/sub/chart.yaml': 'c: 1', 'part/sub/.gitignore': 'b\n', 'part/sub/b': '' });
  await commit(join(folder, 'part'));
  assert.deepEqual(await files(), ['flux/a.yaml', 'sub/.gitignore', 'sub/chart.yaml']);
});

test('what the git configuration of the folder names is not run', async (t) => {
  const { folder, git, write, commit, files } = await setUp(t);
  await git('init', '--quiet', folder);
  await write({ 'a.yaml': 'a: 1', '.gitattributes': '*.yaml filter=evil\n' });
  const touch = `touch ${join(folder, 'ran')}`;
  await git('-C', folder, 'config', 'core.fsmonitor', touch);
  await git('-C', folder, 'config', 'filter.evil.clean', touch);
  await commit();
  assert.deepEqual(await files(), ['.gitattributes', 'a.yaml']);
});

test('an empty or missing folder is refused', async (t) => {
  const { folder, commit } = await setUp(t);
  await assert.rejects(commit(), /has no files/);
  await assert.rejects(commit(join(folder, 'missing')), /missing is not a folder/);
});
