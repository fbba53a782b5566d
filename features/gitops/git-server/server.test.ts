import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { silentLog } from '@croft/foundation/log';
import { run } from '@croft/foundation/process';
import { createRepository, listRepositories, removeRepository } from './repositories.ts';
import { startGitServer } from './server.ts';
import { createToken, readTokens, revokeToken } from './tokens.ts';

async function setUp(t: TestContext) {
  const scratch = await mkdtemp(join(tmpdir(), 'croft-git-server-'));
  t.after(() => rm(scratch, { recursive: true, force: true }));
  const root = join(scratch, 'git');
  const tokens = join(scratch, 'tokens.json');
  await createRepository(root, 'catalog');
  await createRepository(root, 'secret', { isPrivate: true });
  const options = { root, host: '127.0.0.1', port: 0, readTokens: () => readTokens(tokens), log: silentLog };
  const server = await startGitServer(options);
  t.after(() => server[Symbol.asyncDispose]());
  const created = '2026-01-01T00:00:00Z';
  const env = { ...process.env, GIT_TERMINAL_PROMPT: '0' };
  const git = (...args: string[]) =>
    run('git', ['-c', 'user.name=t', '-c', 'user.email=t@localhost', '-c', 'credential.helper=', ...args], {
      timeoutMs: 20_000,
      env,
    });
  const work = join(scratch, 'work');
  await git('init', '--quiet', '--initial-branch=main', work);
  const commit = async (text: string) => {
    await writeFile(join(work, 'a.yaml'), text);
    await git('-C', work, 'add', '--all');
    await git('-C', work, 'commit', '--quiet', '-m', text);
  };
  await commit('a: 1\n');
  const urlOf = (name: string, token?: string) =>
    `${token === undefined ? server.url : server.url.replace('http://', `http://me:${token}@`)}/${name}.git`;
  const push = (name: string, token?: string) => git('-C', work, 'push', '--quiet', urlOf(name, token), 'main');
  return {
    root,
    tokens,
    server,
    commit,
    push,
    make: (name: string, right: 'read' | 'push', repository?: string) =>
      createToken(tokens, { name, right, created, ...(repository === undefined ? {} : { repository }) }),
    read: async (name: string, token?: string) => await git('ls-remote', urlOf(name, token)),
  };
}

const refused = /terminal prompts disabled|Authentication failed|403/;

test('everybody reads, only the holder of a push token pushes', async (t) => {
  const { root, push, read, make, server } = await setUp(t);
  const token = await make('maria', 'push');
  await assert.rejects(push('catalog'), refused);
  await assert.rejects(push('catalog', 'wrong'), refused);
  await push('catalog', token);
  assert.match((await read('catalog')).stdout, /refs\/heads\/main/);
  const [catalog] = await listRepositories(root);
  assert.match(catalog?.head ?? '', /^[0-9a-f]{40}$/);
  for (const path of ['/../../etc/passwd', '/catalog.git/config', '/other.git/info/refs', '/tokens.json'])
    assert.equal((await fetch(`${server.url}${path}`)).status, 404, path);
});

test('a private repository asks for a token, and a token is for what it was made for', async (t) => {
  const { push, read, make } = await setUp(t);
  const reader = await make('reader', 'read');
  const ofCatalog = await make('of-catalog', 'push', 'catalog');
  const owner = await make('owner', 'push', 'secret');
  await assert.rejects(read('secret'), refused);
  await push('secret', owner);
  assert.match((await read('secret', reader)).stdout, /refs\/heads\/main/);
  await assert.rejects(push('secret', reader), refused);
  await assert.rejects(read('secret', ofCatalog), refused);
  await assert.rejects(push('secret', ofCatalog), refused);
  await push('catalog', ofCatalog);
});

test('a revoked token is useless at once, and no token is kept as text', async (t) => {
  const { push, commit, make, tokens } = await setUp(t);
  const token = await make('maria', 'push');
  await assert.rejects(make('maria', 'read'), /there is a token "maria" already/);
  await push('catalog', token);
  assert.ok(!(await readFile(tokens, 'utf8')).includes(token));
  assert.equal((await stat(tokens)).mode & 0o777, 0o600);
  await revokeToken(tokens, 'maria');
  await commit('a: 2\n');
  await assert.rejects(push('catalog', token), refused);
  await assert.rejects(revokeToken(tokens, 'maria'), /there is no token "maria"/);
});

test('repositories are made once, under names that are safe, and removed', async (t) => {
  const { root, read } = await setUp(t);
  for (const name of ['../x', '.x', 'X', 'a/b', 'x.git', ''])
    await assert.rejects(createRepository(root, name), /name of a repository/, name);
  await assert.rejects(createRepository(root, 'catalog'), /there is a repository "catalog" already/);
  assert.deepEqual(
    (await listRepositories(root)).map(({ name, head, isPrivate }) => ({ name, head, isPrivate })),
    [
      { name: 'catalog', head: undefined, isPrivate: false },
      { name: 'secret', head: undefined, isPrivate: true },
    ],
  );
  await removeRepository(root, 'catalog');
  await assert.rejects(read('catalog'), /not found/);
  await assert.rejects(removeRepository(root, 'catalog'), /there is no repository "catalog"/);
});
