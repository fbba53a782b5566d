import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { execCredentials, parseExecPlugin, tokenFileCredentials } from './credentials.ts';

const version = 'client.authentication.k8s.io/v1';

/** A program that notes what it is told, counts its runs and prints what `status` says. */
async function writePlugin(dir: string, status: object) {
  const path = join(dir, 'plugin.cjs');
  const credential = JSON.stringify({ apiVersion: version, kind: 'ExecCredential', status });
  await writeFile(
    path,
    `require('fs').appendFileSync(__dirname + '/runs', process.env.KUBERNETES_EXEC_INFO + ' ' + process.env.REGION + '\\n');
     process.stdout.write(${JSON.stringify(credential)});`,
  );
  const env = [{ name: 'REGION', value: 'north' }];
  const exec = { apiVersion: version, command: process.execPath, args: [path], env, provideClusterInfo: true };
  return { exec, runs: async () => (await readFile(join(dir, 'runs'), 'utf8')).trim().split('\n') };
}

async function temporary() {
  const path = await mkdtemp(join(tmpdir(), 'croft-credentials-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

test('a program is run once for many requests, and again when its credentials are refused', async () => {
  await using folder = await temporary();
  const { exec, runs } = await writePlugin(folder.path, { token: 't' });
  const source = execCredentials(parseExecPlugin(exec, { server: 'https://a' }, 'test'));
  assert.deepEqual(await Promise.all([source.get(), source.get()]), [{ token: 't' }, { token: 't' }]);
  await source.get();
  const [first = '', ...more] = await runs();
  assert.deepEqual(more, []);
  const told = { interactive: false, cluster: { server: 'https://a' } };
  assert.equal(first, `${JSON.stringify({ apiVersion: version, kind: 'ExecCredential', spec: told })} north`);
  source.refused();
  await source.get();
  assert.equal((await runs()).length, 2);
});

test('credentials that have ended are fetched anew', async () => {
  await using folder = await temporary();
  const { exec, runs } = await writePlugin(folder.path, { token: 't', expirationTimestamp: '2020-01-01T00:00:00Z' });
  const source = execCredentials(parseExecPlugin(exec, {}, 'test'));
  await source.get();
  await source.get();
  assert.equal((await runs()).length, 2);
});

test('what a program gets wrong is told', async () => {
  await using folder = await temporary();
  const { exec } = await writePlugin(folder.path, {});
  const source = execCredentials(parseExecPlugin(exec, {}, 'test'));
  await assert.rejects(async () => await source.get(), /neither a token nor a client certificate/);
  const missing = { ...exec, command: 'croft-no-such-program', installHint: 'install it from somewhere' };
  const absent = execCredentials(parseExecPlugin(missing, {}, 'test'));
  await assert.rejects(async () => await absent.get(), /install it from somewhere/);
  assert.throws(() => parseExecPlugin({ ...exec, apiVersion: 'v0' }, {}, 'test'), /version v0 is not known/);
});

test('a token file is read again once its token is refused', async () => {
  let token = 'one\n';
  const source = tokenFileCredentials(async () => token, {});
  assert.deepEqual(await source.get(), { token: 'one' });
  token = 'two';
  assert.deepEqual(await source.get(), { token: 'one' });
  source.refused();
  assert.deepEqual(await source.get(), { token: 'two' });
});
