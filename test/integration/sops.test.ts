import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configMaps, secrets } from '@croft/api/kinds';
import { findCondition } from '@croft/controller/conditions';
import { type Kustomization, kustomizations } from '@croft/gitops/kustomization/types';
import { gitRepositories } from '@croft/gitops/types';
import { stringify } from 'yaml';
import { createRepository } from '../support/repository.ts';
import { createAgeKey, encryptDotenv, encryptObject } from '../support/sops.ts';
import { startWorld, type World } from '../support/world.ts';

const key = { namespace: 'croft-system', name: 'fleet' };
const decode = (text: string | undefined) => Buffer.from(text ?? '', 'base64').toString('utf8');
const readyOf = (found: Kustomization | undefined) => findCondition(found?.status?.conditions, 'Ready');
const isReady = (found: Kustomization | undefined) => readyOf(found)?.status === 'True';
const hasFailed = (found: Kustomization | undefined) => readyOf(found)?.status === 'False';

async function follow({ client }: World, url: string, withKeys = true): Promise<void> {
  await client.create(gitRepositories, { metadata: key, spec: { url, interval: '1h', ref: { branch: 'main' } } });
  const decryption = { provider: 'sops', secretRef: { name: 'keys' } } as const;
  await client.create(kustomizations, {
    metadata: key,
    spec: {
      interval: '1h',
      prune: true,
      path: './app',
      sourceRef: { kind: 'GitRepository', name: 'fleet' },
      ...(withKeys ? { decryption } : {}),
    },
  });
}

const secretOf = (name: string, password: string) => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name, namespace: 'croft-system' },
  stringData: { password, port: '5432' },
});
const onlyData = /^(data|stringData)$/;

test('Secrets encrypted with SOPS are decrypted, in manifests and behind generators', async (t) => {
  const world = await startWorld(t);
  const { identity, recipient } = await createAgeKey();
  const repository = await createRepository(world.root);
  const whole = await encryptObject(secretOf('database', 'first'), { recipient, encrypted: onlyData });
  await repository.commit({
    'app/kustomization.yaml':
      'namespace: croft-system\nresources: [secret.yaml]\ngeneratorOptions: {disableNameSuffixHash: true}\nsecretGenerator:\n- name: files\n  files: [settings.yaml, note.txt, raw.json=settings.json]\n- name: variables\n  envs: [app.env]\n',
    'app/secret.yaml': stringify(whole),
    'app/settings.yaml': stringify(
      await encryptObject({ nested: { list: ['a', 'b'], count: 3, ratio: 0.5, on: true } }, { recipient }),
    ),
    'app/settings.json': JSON.stringify(await encryptObject({ token: 'json' }, { recipient }), undefined, '\t'),
    'app/note.txt': JSON.stringify(await encryptObject({ data: 'just\ntext\n' }, { recipient }), undefined, '\t'),
    'app/app.env': await encryptDotenv({ USER: 'croft', PASSWORD: 'env' }, { recipient }),
  });
  await world.client.create(secrets, {
    metadata: { ...key, name: 'keys' },
    stringData: { 'fleet.agekey': `# created by a test\n${identity}\n` },
  });
  await follow(world, repository.url);
  await world.until(kustomizations, key, isReady);
  const read = async (name: string) => (await world.client.get(secrets, { ...key, name })).data ?? {};
  assert.equal(decode((await read('database')).password), 'first');
  const files = await read('files');
  assert.equal(
    decode(files['settings.yaml']),
    'nested:\n    list:\n        - a\n        - b\n    count: 3\n    ratio: 0.5\n    on: true\n',
  );
  assert.equal(decode(files['note.txt']), 'just\ntext\n');
  assert.deepEqual(JSON.parse(decode(files['raw.json'])), { token: 'json' });
  const variables = await read('variables');
  assert.deepEqual([decode(variables.USER), decode(variables.PASSWORD)], ['croft', 'env']);
  const changed = await encryptObject(secretOf('database', 'second'), { recipient, encrypted: onlyData });
  await repository.commit({ 'app/secret.yaml': stringify(changed) });
  await world.until(secrets, { ...key, name: 'database' }, (found) => decode(found?.data?.password) === 'second');
});

test('what cannot be decrypted keeps what runs, and says which key is missing', async (t) => {
  const world = await startWorld(t);
  const [ours, other] = [await createAgeKey(), await createAgeKey()];
  const repository = await createRepository(world.root);
  const plain = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: plain, namespace: croft-system}\n';
  await repository.commit({
    'app/plain.yaml': plain,
    'app/secret.yaml': stringify(
      await encryptObject(secretOf('database', 'first'), { recipient: ours.recipient, encrypted: onlyData }),
    ),
  });
  await follow(world, repository.url);
  const waiting = await world.until(kustomizations, key, hasFailed);
  assert.match(readyOf(waiting)?.message ?? '', /the decryption Secret croft-system\/keys does not exist/);
  const wrong = `x${ours.identity}`;
  await world.client.create(secrets, { metadata: { ...key, name: 'keys' }, stringData: { 'a.agekey': wrong } });
  const unread = await world.until(kustomizations, key, (found) =>
    /no private key/.test(readyOf(found)?.message ?? ''),
  );
  assert.match(
    readyOf(unread)?.message ?? '',
    /key 1 of the decryption Secret croft-system\/keys is no private key of age/,
  );
  assert.ok(!readyOf(unread)?.message?.includes(ours.identity), 'no private key is told');
  await world.client.patch(secrets, { ...key, name: 'keys' }, { stringData: { 'a.agekey': ours.identity } });
  await world.until(kustomizations, key, isReady);

  await repository.commit({
    'app/plain.yaml': undefined,
    'app/secret.yaml': stringify(
      await encryptObject(secretOf('database', 'second'), { recipient: other.recipient, encrypted: onlyData }),
    ),
  });
  const refused = await world.until(kustomizations, key, hasFailed);
  const message = readyOf(refused)?.message ?? '';
  assert.match(message, /decryption failed for 'Secret\/croft-system\/database': cannot get sops data key/);
  assert.ok(message.includes(`it is encrypted for ${other.recipient}`), message);
  assert.ok(!message.includes(ours.identity), 'no private key is told');
  const kept = await world.client.get(secrets, { ...key, name: 'database' });
  assert.equal(decode(kept.data?.password), 'first');
  assert.ok(await world.client.find(configMaps, { ...key, name: 'plain' }), 'nothing is pruned');
  const both = `${ours.identity}\n${other.identity}\n`;
  await world.client.patch(secrets, { ...key, name: 'keys' }, { stringData: { 'a.agekey': both } });
  await world.until(secrets, { ...key, name: 'database' }, (found) => decode(found?.data?.password) === 'second');
});

test('a file that was changed after it was encrypted is refused', async (t) => {
  const world = await startWorld(t);
  const { identity, recipient } = await createAgeKey();
  const repository = await createRepository(world.root);
  const content = await encryptObject({ name_unencrypted: 'one', password: 'secret' }, { recipient });
  await repository.commit({
    'app/kustomization.yaml': 'namespace: croft-system\nsecretGenerator:\n- name: files\n  files: [settings.yaml]\n',
    'app/settings.yaml': stringify({ ...content, name_unencrypted: 'other' }),
  });
  await world.client.create(secrets, { metadata: { ...key, name: 'keys' }, stringData: { 'a.agekey': identity } });
  await follow(world, repository.url);
  const refused = await world.until(kustomizations, key, hasFailed);
  assert.match(readyOf(refused)?.message ?? '', /app\/settings\.yaml: failed to verify sops data integrity/);
});

test('an encrypted Secret is not applied as it is', async (t) => {
  const world = await startWorld(t);
  const { recipient } = await createAgeKey();
  const repository = await createRepository(world.root);
  await repository.commit({
    'app/secret.yaml': stringify(
      await encryptObject(secretOf('database', 'first'), { recipient, encrypted: onlyData }),
    ),
  });
  await follow(world, repository.url, false);
  const refused = await world.until(kustomizations, key, hasFailed);
  assert.match(
    readyOf(refused)?.message ?? '',
    /Secret\/croft-system\/database is SOPS encrypted, configuring decryption/,
  );
  assert.equal(await world.client.find(secrets, { ...key, name: 'database' }), undefined);
});
