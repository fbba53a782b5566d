import assert from 'node:assert/strict';
import { request } from 'node:http';
import { test } from 'node:test';
import { gitRepositories } from '@croft/gitops/types';
import { startTestServer } from '@croft/repository/testing/http-server';
import { createRepository } from '../support/repository.ts';
import { startGitHttp } from './git-http.ts';
import { startSshServer } from './ssh-server.ts';
import { conditionOf, readyOf, startSourceWorld } from './world.ts';

const interval = '1h';
const ref = { branch: 'main' };
const basic = (user: string, password: string) => `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

test('a repository with a password: a wrong one is told, the right one heals', async (t) => {
  const world = await startSourceWorld(t);
  await using server = await startGitHttp(world.root, basic('me', 'right'));
  const repository = await createRepository(world.root);
  const commit = await repository.commit({ a: '1' });
  const spec = { url: `${server.url}/repository.git`, interval, ref, secretRef: { name: 'git' } };
  await world.client.create(gitRepositories, { metadata: { namespace: 'apps', name: 'app' }, spec });
  const missing = await world.until(gitRepositories, 'app', (object) => readyOf(object)?.status === 'False');
  assert.match(readyOf(missing)?.message ?? '', /Secret apps\/git named in spec.secretRef does not exist: create it/);
  assert.equal(conditionOf(missing, 'FetchFailed')?.reason, 'AuthenticationFailed');
  await world.createSecret('git', { username: 'me', password: 'wrong' });
  const wrong = await world.until(gitRepositories, 'app', (object) => readyOf(object)?.reason === 'GitOperationFailed');
  assert.match(readyOf(wrong)?.message ?? '', /127\.0\.0\.1.*Authentication failed|could not read/);
  assert.ok(!JSON.stringify(wrong.status).includes('wrong'));
  await world.createSecret('git', { username: 'me', password: 'right' });
  const ready = await world.until(gitRepositories, 'app', (object) => readyOf(object)?.status === 'True');
  assert.equal(ready.status?.artifact?.revision, `main@sha1:${commit}`);
  assert.equal(conditionOf(ready, 'FetchFailed'), undefined);
});

test('a bearer token, and a password in the URL, which shows nowhere', async (t) => {
  const world = await startSourceWorld(t);
  const repository = await createRepository(world.root);
  await repository.commit({ a: '1' });
  await using tokens = await startGitHttp(world.root, 'Bearer s3cret');
  await world.createSecret('token', { bearerToken: 's3cret' });
  const url = `${tokens.url}/repository.git`;
  await world.createReady(gitRepositories, 'token', { url, interval, ref, secretRef: { name: 'token' } });
  await using passwords = await startGitHttp(world.root, basic('me', 'right'));
  const inUrl = passwords.url.replace('http://', 'http://me:right@');
  const found = await world.createReady(gitRepositories, 'url', { url: `${inUrl}/repository.git`, interval, ref });
  assert.ok(!JSON.stringify(found.status).includes('right'));
});

test('a certificate of a private authority is trusted with its ca.crt alone', async (t) => {
  const world = await startSourceWorld(t);
  const repository = await createRepository(world.root);
  await repository.commit({ a: '1' });
  await using server = await startGitHttp(world.root, undefined, { tls: true });
  const url = `${server.url}/repository.git`;
  await world.client.create(gitRepositories, {
    metadata: { namespace: 'apps', name: 'app' },
    spec: { url, interval, ref },
  });
  const failed = await world.until(gitRepositories, 'app', (object) => readyOf(object)?.status === 'False');
  assert.match(readyOf(failed)?.message ?? '', /certificate/);
  await world.createSecret('ca', { 'ca.crt': server.ca });
  await world.change(gitRepositories, 'app', { secretRef: { name: 'ca' } }, 'True');
});

test('through a proxy that asks for a password', async (t) => {
  const world = await startSourceWorld(t);
  const repository = await createRepository(world.root);
  await repository.commit({ a: '1' });
  await using server = await startGitHttp(world.root);
  const seen: string[] = [];
  await using proxy = await startTestServer((incoming, response) => {
    if (incoming.headers['proxy-authorization'] !== basic('me', 'p@ss')) {
      response.writeHead(407, { 'proxy-authenticate': 'Basic realm="proxy"' }).end();
      return;
    }
    seen.push(incoming.url ?? '');
    const target = (incoming.url ?? '').replace('http://git.test', server.url);
    const { method, headers } = incoming;
    const onward = request(target, { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    incoming.pipe(onward);
  });
  await world.createSecret('proxy', { address: proxy.url, username: 'me', password: 'p@ss' });
  const spec = { url: 'http://git.test/repository.git', interval, ref, proxySecretRef: { name: 'proxy' } };
  await world.createReady(gitRepositories, 'app', spec);
  assert.ok(seen.length > 0 && seen.every((url) => url.startsWith('http://git.test/')));
});

test('over ssh, with known hosts, and a key with and without a passphrase', async (t) => {
  const world = await startSourceWorld(t);
  const repository = await createRepository(world.root);
  const commit = await repository.commit({ a: '1' });
  await using server = await startSshServer();
  const spec = { url: `${server.url}${repository.dir}`, interval, ref, secretRef: { name: 'ssh' } };
  const { identity, knownHosts: known_hosts } = server;
  await world.createSecret('ssh', { identity, known_hosts });
  const found = await world.createReady(gitRepositories, 'app', spec);
  assert.equal(found.status?.artifact?.revision, `main@sha1:${commit}`);
  await world.createSecret('locked', { identity: server.lockedIdentity, known_hosts, password: server.passphrase });
  await world.createReady(gitRepositories, 'locked', { ...spec, secretRef: { name: 'locked' } });
});

test('a host that is not known, and a Secret without known hosts, are told; the artifact stays', async (t) => {
  const world = await startSourceWorld(t);
  const repository = await createRepository(world.root);
  await repository.commit({ a: '1' });
  await using server = await startSshServer();
  const { identity, knownHosts: known_hosts } = server;
  await world.createSecret('ssh', { identity, known_hosts });
  const spec = { url: `${server.url}${repository.dir}`, interval, ref, secretRef: { name: 'ssh' } };
  const good = await world.createReady(gitRepositories, 'app', spec);
  await world.createSecret('other', {
    identity,
    known_hosts: known_hosts.replace(/AAAA\S+/, 'AAAAC3NzaC1lZDI1NTE5AAAAIGhvc3QgdGhhdCBpcyBub3QgdGhlIHJpZ2h0IG9uZSEh'),
  });
  const unknown = await world.change(gitRepositories, 'app', { secretRef: { name: 'other' } }, 'False');
  assert.match(readyOf(unknown)?.message ?? '', /Host key verification failed/);
  assert.deepEqual(unknown.status?.artifact, good.status?.artifact);
  await world.createSecret('other', { identity, known_hosts: '' });
  const without = await world.until(
    gitRepositories,
    'app',
    (object) => readyOf(object)?.reason === 'AuthenticationFailed',
  );
  assert.match(readyOf(without)?.message ?? '', /Secret apps\/other needs the keys identity and known_hosts/);
  await world.change(gitRepositories, 'app', { secretRef: { name: 'ssh' } }, 'True');
});

test('a URL that is none of git is told with what to write', async (t) => {
  const world = await startSourceWorld(t);
  const spec = { url: 'git@example.org:org/app.git', interval, ref };
  await world.client.create(gitRepositories, { metadata: { namespace: 'apps', name: 'app' }, spec });
  const stalled = await world.until(
    gitRepositories,
    'app',
    (object) => conditionOf(object ?? {}, 'Stalled') !== undefined,
  );
  assert.deepEqual(
    [readyOf(stalled)?.reason, readyOf(stalled)?.message],
    [
      'URLInvalid',
      'spec.url "git@example.org:org/app.git" is no URL of a git repository: write ssh://git@example.org/org/app.git',
    ],
  );
});
