import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { silentLog } from '@croft/foundation/log';
import { run } from '@croft/foundation/process';
import { fillRepository } from './repository.ts';
import { startGitServer } from './server.ts';

test('everybody reads, only the holder of the token pushes', async (t) => {
  const root = await mkdtemp(join(tmpdir(), 'croft-git-server-'));
  t.after(() => rm(root, { recursive: true, force: true }));
  const shipped = join(root, 'shipped');
  await mkdir(shipped);
  await writeFile(join(shipped, 'a.yaml'), 'a: 1\n');
  await fillRepository({ dir: join(root, 'git', 'catalog.git'), branch: 'main' }, shipped, 'first');
  await using server = await startGitServer({
    root: join(root, 'git'),
    host: '127.0.0.1',
    port: 0,
    pushToken: 'secret',
    log: silentLog,
  });

  const env = { ...process.env, GIT_TERMINAL_PROMPT: '0' };
  const git = (...args: string[]) =>
    run('git', ['-c', 'user.name=t', '-c', 'user.email=t@localhost', '-c', 'credential.helper=', ...args], {
      timeoutMs: 20_000,
      env,
    });
  const work = join(root, 'work');
  await git('clone', '--quiet', `${server.url}/catalog.git`, work);
  await writeFile(join(work, 'a.yaml'), 'a: 2\n');
  await git('-C', work, 'commit', '--quiet', '-am', 'change');
  await assert.rejects(
    git('-C', work, 'push', '--quiet', 'origin', 'main'),
    /terminal prompts disabled|Authentication failed/,
  );
  const withToken = server.url.replace('http://', 'http://me:secret@');
  await git('-C', work, 'push', '--quiet', `${withToken}/catalog.git`, 'main');
  const { stdout } = await git('--git-dir', join(root, 'git', 'catalog.git'), 'show', 'main:a.yaml');
  assert.equal(stdout, 'a: 2\n');
  assert.equal((await fetch(`${server.url}/../../etc/passwd`)).status, 404);
  assert.equal((await fetch(`${server.url}/catalog.git/config`)).status, 404);
});
