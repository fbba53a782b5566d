import assert from 'node:assert/strict';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { run } from '@croft/foundation/process';
import { gitRepositories } from '@croft/gitops/types';
import { createRepository, type TestRepository } from '../support/repository.ts';
import { conditionOf, readyOf, startSourceWorld } from './world.ts';

const interval = '1h';
const ref = { branch: 'main' };
const verify = (mode: 'HEAD' | 'Tag' | 'TagAndHEAD') => ({ mode, secretRef: { name: 'keys' } });

/** Makes a PGP key with which git signs from now on; gives its public part. */
async function signWithPgp({ git }: TestRepository, home: string): Promise<string> {
  await mkdir(home, { mode: 0o700 });
  const gpg = async (...args: string[]) =>
    (await run('gpg', ['--homedir', home, '--batch', '--quiet', ...args], { timeoutMs: 60_000 })).stdout;
  await gpg('--passphrase', '', '--quick-generate-key', 'signer@localhost', 'ed25519', 'sign', '1d');
  await git('config', 'commit.gpgSign', 'true');
  await git('config', 'user.signingKey', 'signer@localhost');
  const script = join(home, 'gpg.sh');
  await run(
    'sh',
    ['-c', `printf '#!/bin/sh\\nexec gpg --homedir %s "$@"\\n' "$1" > "$2"; chmod +x "$2"`, 'sh', home, script],
    {
      timeoutMs: 10_000,
    },
  );
  await git('config', 'gpg.program', script);
  return await gpg('--armor', '--export', 'signer@localhost');
}

async function makeSshKey(path: string): Promise<string> {
  await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'signer', '-f', path], { timeoutMs: 20_000 });
  return await readFile(`${path}.pub`, 'utf8');
}

test('commits signed with PGP are taken, others are not: the last good artifact stays until one is signed again', async (t) => {
  const world = await startSourceWorld(t);
  const repository = await createRepository(world.root);
  const home = join(world.root, 'gpg');
  t.after(() => run('gpgconf', ['--homedir', home, '--kill', 'all'], { timeoutMs: 10_000 }));
  await world.createSecret('keys', { 'signer.asc': await signWithPgp(repository, home) });
  const signed = await repository.commit({ a: '1' });
  const spec = { url: repository.url, interval, ref, verify: verify('HEAD') };
  const good = await world.createReady(gitRepositories, 'app', spec);
  assert.match(
    conditionOf(good, 'SourceVerified')?.message ?? '',
    new RegExp(`commit '${signed}' with key '[0-9A-F]{16}'`),
  );
  assert.equal(good.status?.sourceVerificationMode, 'HEAD');
  await repository.git('config', 'commit.gpgSign', 'false');
  const unsigned = await repository.commit({ a: 'forged' });
  const refused = await world.until(gitRepositories, 'app', (object) => readyOf(object)?.status === 'False');
  assert.equal(readyOf(refused)?.reason, 'InvalidCommitSignature');
  assert.match(readyOf(refused)?.message ?? '', new RegExp(`commit '${unsigned}' failed: the commit is not signed`));
  assert.equal(conditionOf(refused, 'SourceVerified')?.status, 'False');
  assert.deepEqual(refused.status?.artifact, good.status?.artifact);
  await repository.git('config', 'commit.gpgSign', 'true');
  const again = await repository.commit({ a: '2' });
  const healed = await world.until(gitRepositories, 'app', (object) => readyOf(object)?.status === 'True');
  assert.equal(healed.status?.artifact?.revision, `main@sha1:${again}`);
});

test('commits signed with an SSH key; a key of somebody else is named as such', async (t) => {
  const world = await startSourceWorld(t);
  const repository = await createRepository(world.root);
  const { git } = repository;
  const own = await makeSshKey(join(world.root, 'own'));
  await git('config', 'gpg.format', 'ssh');
  await git('config', 'commit.gpgSign', 'true');
  await git('config', 'user.signingKey', join(world.root, 'own'));
  await repository.commit({ a: '1' });
  const stranger = await makeSshKey(join(world.root, 'stranger'));
  await world.createSecret('keys', { 'a.sshpub': stranger });
  const spec = { url: repository.url, interval, ref, verify: verify('HEAD') };
  await world.client.create(gitRepositories, { metadata: { namespace: 'apps', name: 'app' }, spec });
  const refused = await world.until(gitRepositories, 'app', (object) => readyOf(object)?.status === 'False');
  assert.match(readyOf(refused)?.message ?? '', /signed by a key that is not among those of the Secret/);
  await world.createSecret('keys', { 'a.sshpub': stranger, 'b.sshpub': own });
  const ready = await world.until(gitRepositories, 'app', (object) => readyOf(object)?.status === 'True');
  assert.match(conditionOf(ready, 'SourceVerified')?.message ?? '', /with key 'SHA256:/);
});

test("a tag's own signature is checked, and a tag without one is refused", async (t) => {
  const world = await startSourceWorld(t);
  const repository = await createRepository(world.root);
  const { git } = repository;
  await world.createSecret('keys', { 'a.sshpub': await makeSshKey(join(world.root, 'own')) });
  await git('config', 'gpg.format', 'ssh');
  await git('config', 'user.signingKey', join(world.root, 'own'));
  await repository.commit({ a: '1' });
  await git('tag', '-s', '-m', 'signed', 'v1.0.0');
  await repository.tag('v1.1.0');
  await git('push', '--quiet', 'origin', 'v1.0.0');
  const spec = { url: repository.url, interval, ref: { tag: 'v1.0.0' }, verify: verify('Tag') };
  const good = await world.createReady(gitRepositories, 'app', spec);
  assert.match(conditionOf(good, 'SourceVerified')?.message ?? '', /tag 'v1\.0\.0@[0-9a-f]{40}' with key 'SHA256:/);
  const refused = await world.change(gitRepositories, 'app', { ref: { tag: 'v1.1.0' } }, 'False');
  assert.equal(readyOf(refused)?.reason, 'InvalidGitObject');
  assert.deepEqual(refused.status?.artifact, good.status?.artifact);
  const both = await world.change(
    gitRepositories,
    'app',
    { ref: { tag: 'v1.0.0' }, verify: verify('TagAndHEAD') },
    'False',
  );
  assert.equal(readyOf(both)?.reason, 'InvalidCommitSignature');
  const branch = await world.change(
    gitRepositories,
    'app',
    { ref: { tag: null, branch: 'main' }, verify: verify('Tag') },
    'False',
  );
  assert.deepEqual(
    [readyOf(branch)?.reason, conditionOf(branch, 'Stalled')?.status],
    ['InvalidVerificationMode', 'True'],
  );
});
