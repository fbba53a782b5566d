import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { test } from 'node:test';
import { findCredentials, parseDockerConfig } from './docker-config.ts';
import { readCredentials, removeCredentials, saveCredentials } from './stored-credentials.ts';

const encode = (text: string) => Buffer.from(text).toString('base64');

test('credentials are found under all names that a registry goes by', () => {
  const config = parseDockerConfig(
    JSON.stringify({
      auths: {
        'https://index.docker.io/v1/': { auth: encode('hub:a:b') },
        'https://one.test': { username: 'ann', password: 'secret' },
        'two.test:5000': { auth: encode('<token>:x'), identitytoken: 'refresh' },
        'three.test': {},
      },
    }),
    'x',
  );
  assert.deepEqual(findCredentials(config, 'docker.io'), { username: 'hub', password: 'a:b' });
  assert.deepEqual(findCredentials(config, 'registry-1.docker.io'), { username: 'hub', password: 'a:b' });
  assert.deepEqual(findCredentials(config, 'one.test'), { username: 'ann', password: 'secret' });
  assert.equal(findCredentials(config, 'two.test:5000')?.identityToken, 'refresh');
  assert.equal(findCredentials(config, 'two.test'), undefined);
  assert.equal(findCredentials(config, 'three.test'), undefined);
  assert.throws(() => parseDockerConfig('{"auths": secret', 'the file'), { message: 'the file is no JSON' });
});

test('credentials are kept in the file without touching the rest, and for its owner alone', async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, 'registry/config.json');
  const other = join(folder.path, 'docker.json');
  await writeFile(
    other,
    JSON.stringify({ auths: { 'a.test': { auth: encode('old:old') }, 'b.test': { auth: encode('b:b') } } }),
  );
  const read = (host: string) => readCredentials([path, other], host, {});
  assert.deepEqual(await read('a.test'), { username: 'old', password: 'old' });
  await saveCredentials(path, 'a.test', { username: 'new', password: 'new' }, {});
  await saveCredentials(path, 'c.test', { username: 'c', password: 'c' }, {});
  assert.deepEqual(await read('a.test'), { username: 'new', password: 'new' });
  assert.deepEqual(await read('b.test'), { username: 'b', password: 'b' });
  assert.equal((await stat(path)).mode & 0o777, 0o600);
  assert.equal(await removeCredentials(path, 'a.test', {}), true);
  assert.equal(await removeCredentials(path, 'a.test', {}), false);
  assert.deepEqual(JSON.parse(await readFile(path, 'utf8')), { auths: { 'c.test': { auth: encode('c:c') } } });
});

test('a helper program that the file names keeps them instead', async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, 'config.json');
  const store = join(folder.path, 'store');
  await writeFile(
    path,
    JSON.stringify({ credHelpers: { 'a.test': 'test' }, auths: { 'b.test': { auth: encode('b:b') } } }),
  );
  // Speaks the protocol of Docker's credential helpers: one entry, in a file.
  const script = `#!/bin/sh
case $1 in
  store) cat > '${store}' ;;
  get) cat > /dev/null; [ -f '${store}' ] && cat '${store}' || { echo 'credentials not found'; exit 1; } ;;
  erase) cat > /dev/null; rm -f '${store}' ;;
esac
`;
  await writeFile(join(folder.path, 'docker-credential-test'), script, { mode: 0o755 });
  const env = { PATH: [folder.path, process.env.PATH].join(delimiter) };
  const read = (host: string) => readCredentials([path], host, env);
  assert.equal(await read('a.test'), undefined);
  await saveCredentials(path, 'a.test', { username: 'ann', password: 'secret' }, env);
  assert.deepEqual(await read('a.test'), { username: 'ann', password: 'secret' });
  assert.deepEqual(await read('b.test'), { username: 'b', password: 'b' });
  assert.ok(!(await readFile(path, 'utf8')).includes('a.test":{'));
  await writeFile(store, JSON.stringify({ Username: '<token>', Secret: 'refresh' }));
  assert.equal((await read('a.test'))?.identityToken, 'refresh');
  assert.equal(await removeCredentials(path, 'a.test', env), true);
  assert.equal(await read('a.test'), undefined);
  await assert.rejects(
    readCredentials([path], 'a.test', { PATH: '/nowhere' }),
    /docker-credential-test gave no credentials of a\.test: .*is not installed/,
  );
});

async function temporaryFolder(): Promise<{ path: string } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), 'croft-credentials-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}
