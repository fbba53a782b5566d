import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { namespaces, secrets } from '@croft/api/kinds';
import { findCondition } from '@croft/controller/conditions';
import { requestedAtAnnotation } from '@croft/controller/reconcile-steps';
import { sha256Digest } from '@croft/foundation/digest';
import { startTestRegistry, type TestRegistryOptions } from '@croft/repository/testing/test-registry';
import { gitopsDefinitions } from '../definitions.ts';
import { startImageRepositoryController } from '../image-repository/controller.ts';
import { createTagStore } from '../image-repository/tag-store.ts';
import { type ImageRepository, type ImageRepositorySpec, imageRepositories } from '../image-repository/types.ts';
import { startTestApi } from '../testing/test-api.ts';
import { startImagePolicyController } from './controller.ts';
import { type ImagePolicy, type ImagePolicySpec, imagePolicies } from './types.ts';

const namespace = 'team';
const user = { username: 'reader', password: 'pa:ss' };
const readyOf = (object: ImageRepository | ImagePolicy) => findCondition(object.status?.conditions, 'Ready');

/** Debian's registry with an image, and the two controllers. */
async function startWorld(t: TestContext, options: TestRegistryOptions = {}) {
  const stack = new AsyncDisposableStack();
  t.after(() => stack.disposeAsync());
  const dir = await mkdtemp(join(tmpdir(), 'croft-images-'));
  stack.defer(() => rm(dir, { recursive: true, force: true }));
  const registry = stack.use(await startTestRegistry(options));
  const api = await startTestApi(t, gitopsDefinitions);
  const tags = createTagStore(dir);
  stack.use(startImageRepositoryController(api, tags));
  stack.use(startImagePolicyController(api, tags));
  const image = `${registry.host}/team/web`;
  const headers: Record<string, string> =
    options.user === undefined ? {} : { authorization: `Basic ${btoa(`${user.username}:${user.password}`)}` };
  const send = async (method: string, path: string, body?: string, type = 'application/octet-stream') => {
    const init = body === undefined ? {} : { body };
    const url = new URL(path, `http://${registry.host}`);
    const response = await fetch(url, { method, headers: { ...headers, 'content-type': type }, ...init });
    assert.ok(response.ok, `${method} ${path}: ${response.status} ${await response.text()}`);
    return response;
  };
  /** Pushes an image of no layers under the tags; gives its digest. */
  const push = async (content: string, ...names: string[]) => {
    const config = JSON.stringify({
      architecture: 'amd64',
      os: 'linux',
      rootfs: { type: 'layers', diff_ids: [] },
      content,
    });
    const location = (await send('POST', '/v2/team/web/blobs/uploads/')).headers.get('location') ?? '';
    await send('PUT', `${location}&digest=${encodeURIComponent(sha256Digest(config))}`, config);
    const mediaType = 'application/vnd.oci.image.manifest.v1+json';
    const descriptor = {
      mediaType: 'application/vnd.oci.image.config.v1+json',
      digest: sha256Digest(config),
      size: config.length,
    };
    const manifest = JSON.stringify({ schemaVersion: 2, mediaType, config: descriptor, layers: [] });
    for (const name of names) await send('PUT', `/v2/team/web/manifests/${name}`, manifest, mediaType);
    return sha256Digest(manifest);
  };
  const key = { namespace, name: 'web' };
  return {
    api,
    dir,
    image,
    registry,
    push,
    scan: async (spec: Partial<ImageRepositorySpec> = {}) =>
      await api.client.apply(
        imageRepositories,
        { metadata: key, spec: { image, interval: '1h', ...spec } },
        { force: true },
      ),
    scanAgain: async (value: string) =>
      await api.client.patch(imageRepositories, key, { metadata: { annotations: { [requestedAtAnnotation]: value } } }),
    choose: async (name: string, spec: Omit<ImagePolicySpec, 'imageRepositoryRef'>) =>
      await api.client.create(imagePolicies, {
        metadata: { namespace, name },
        spec: { imageRepositoryRef: { name: 'web' }, ...spec },
      }),
    untilScanned: async (is: (repository: ImageRepository) => boolean) => await api.until(imageRepositories, key, is),
    untilChosen: async (name: string, is: (policy: ImagePolicy) => boolean) =>
      await api.until(imagePolicies, { namespace, name }, is),
  };
}

test('a scan lists the tags, and policies follow it', async (t) => {
  const world = await startWorld(t);
  await world.push('a', '1.0.0', '1.1.0', '1.2.0-rc.1', 'sha256-abc.sig', 'nightly');
  await world.choose('stable', { policy: { semver: { range: '1.x' } } });
  await world.scan();
  const { status } = await world.untilScanned((found) => readyOf(found)?.status === 'True');
  const { scanTime = '', ...result } = status?.lastScanResult ?? {};
  const shown = ['nightly', '1.2.0-rc.1', '1.1.0', '1.0.0'];
  const revision = sha256Digest(shown.map((tag) => `${tag}\n`).join(''));
  assert.deepEqual(result, { revision, tagCount: 4, latestTags: shown });
  assert.ok(Math.abs(Date.parse(scanTime) - Date.now()) < 60_000);
  assert.equal(status?.canonicalImageName, world.image);
  const first = await world.untilChosen('stable', (policy) => policy.status?.latestRef?.tag === '1.1.0');
  assert.deepEqual(first.status?.latestRef, { name: world.image, tag: '1.1.0' });
  await world.push('b', '1.3.0');
  await world.scanAgain('now');
  const next = await world.untilChosen('stable', (policy) => policy.status?.latestRef?.tag === '1.3.0');
  assert.equal(next.status?.latestImage, `${world.image}:1.3.0`);
  assert.equal(next.status?.observedPreviousRef?.tag, '1.1.0');
  assert.equal(
    readyOf(next)?.message,
    `Latest image tag for ${world.image} resolved to 1.3.0 (previously ${world.image}:1.1.0)`,
  );
});

test('digests are told once or always, as the policy wants', async (t) => {
  const world = await startWorld(t);
  const old = await world.push('a', '1.0.0');
  await world.scan();
  const policy = { semver: { range: '*' } };
  await world.choose('once', { policy, digestReflectionPolicy: 'IfNotPresent' });
  await world.choose('always', { policy, digestReflectionPolicy: 'Always', interval: '1s' });
  await world.choose('wrong', { policy, digestReflectionPolicy: 'Always' });
  await world.untilChosen('once', ({ status }) => status?.latestRef?.digest === old);
  await world.untilChosen('always', ({ status }) => status?.latestRef?.digest === old);
  const newer = await world.push('b', '1.0.0');
  const { status } = await world.untilChosen('always', (found) => found.status?.latestRef?.digest === newer);
  assert.equal(status?.observedPreviousRef?.digest, old);
  const once = await world.api.client.get(imagePolicies, { namespace, name: 'once' });
  assert.equal(once.status?.latestRef?.digest, old);
  const wrong = await world.untilChosen('wrong', (found) => readyOf(found)?.status === 'False');
  assert.equal(readyOf(wrong)?.reason, 'IntervalNotConfigured');
});

test('a private registry needs its Secret; what was found stays when it is lost', async (t) => {
  const world = await startWorld(t, { user });
  await world.push('a', '1.0.0');
  await world.scan({ secretRef: { name: 'pull' } });
  const missing = await world.untilScanned((found) => readyOf(found)?.status === 'False');
  assert.equal(readyOf(missing)?.reason, 'AuthenticationFailed');
  assert.match(readyOf(missing)?.message ?? '', /Secret team\/pull .* does not exist/);
  const config = (password: string) =>
    JSON.stringify({ auths: { [world.registry.host]: { username: user.username, password } } });
  const secret = (text: string) => ({
    metadata: { namespace, name: 'pull' },
    type: 'kubernetes.io/dockerconfigjson',
    data: { '.dockerconfigjson': btoa(text) },
  });
  await world.api.client.create(secrets, secret(config(user.password)));
  await world.choose('latest', { policy: { alphabetical: {} } });
  await world.untilChosen('latest', ({ status }) => status?.latestRef?.tag === '1.0.0');
  await world.api.client.apply(secrets, secret(config('mistaken')), { force: true });
  await world.scanAgain('again');
  const refused = await world.untilScanned((found) => readyOf(found)?.status === 'False');
  assert.equal(readyOf(refused)?.reason, 'ReadOperationFailed');
  assert.doesNotMatch(JSON.stringify(refused.status), /mistaken|pa:ss/);
  assert.equal(refused.status?.lastScanResult?.tagCount, 1);
  const kept = await world.api.client.get(imagePolicies, { namespace, name: 'latest' });
  assert.equal(kept.status?.latestRef?.tag, '1.0.0');
  await world.api.client.apply(secrets, secret(config(user.password)), { force: true });
  await world.untilScanned((found) => readyOf(found)?.status === 'True');
});

test('TLS of an own authority is trusted by its certificate', async (t) => {
  const world = await startWorld(t, { tls: true });
  await world.scan();
  const distrusted = await world.untilScanned((found) => readyOf(found)?.status === 'False');
  assert.match(readyOf(distrusted)?.message ?? '', /certificate is not trusted/);
  await world.api.client.create(secrets, {
    metadata: { namespace, name: 'ca' },
    stringData: { 'ca.crt': world.registry.ca },
  });
  await world.scan({ certSecretRef: { name: 'ca' } });
  // It is reached, and has no such image.
  await world.untilScanned((found) => /404|NAME_UNKNOWN/.test(readyOf(found)?.message ?? ''));
});

test('wrong specs say what to do, and a changed one heals', async (t) => {
  const world = await startWorld(t);
  await world.push('a', 'main-a1-17', 'main-b2-5');
  await world.scan({ image: `${world.image}:1.0` });
  const tagged = await world.untilScanned((found) => readyOf(found)?.status === 'False');
  assert.equal(readyOf(tagged)?.reason, 'ImageURLInvalid');
  await world.choose('build', { policy: { numerical: {} }, filterTags: { pattern: '(', extract: '$ts' } });
  await world.scan();
  const invalid = await world.untilChosen('build', (found) => readyOf(found)?.reason === 'InvalidPolicy');
  assert.ok(findCondition(invalid.status?.conditions, 'Stalled') !== undefined);
  const filterTags = { pattern: '^main-[a-f0-9]+-(?P<ts>[0-9]+)', extract: '$ts' };
  await world.api.client.patch(imagePolicies, { namespace, name: 'build' }, { spec: { filterTags } });
  await world.untilChosen('build', ({ status }) => status?.latestRef?.tag === 'main-a1-17');
  await world.api.client.patch(
    imagePolicies,
    { namespace, name: 'build' },
    { spec: { filterTags: { pattern: 'dev' } } },
  );
  const none = await world.untilChosen('build', (found) => readyOf(found)?.status === 'False');
  assert.equal(none.status?.latestRef?.tag, 'main-a1-17');
});

test('another namespace looks only where it is admitted', async (t) => {
  const world = await startWorld(t);
  await world.push('a', '1.0.0');
  await world.scan();
  await world.api.client.create(namespaces, { metadata: { name: 'guests', labels: { guest: 'yes' } } });
  const key = { namespace: 'guests', name: 'web' };
  await world.api.client.create(imagePolicies, {
    metadata: key,
    spec: { imageRepositoryRef: { name: 'web', namespace }, policy: { alphabetical: {} } },
  });
  await world.api.until(imagePolicies, key, (found) => readyOf(found)?.reason === 'AccessDenied');
  await world.scan({ accessFrom: { namespaceSelectors: [{ matchLabels: { guest: 'yes' } }] } });
  await world.api.until(imagePolicies, key, ({ status }) => status?.latestRef?.tag === '1.0.0');
});

test('tags that were lost are listed again, and tags that are left out are none', async (t) => {
  const world = await startWorld(t);
  await world.push('a', '1.0.0', '2.0.0-dev');
  await world.scan();
  await world.untilScanned(({ status }) => status?.lastScanResult?.tagCount === 2);
  await rm(world.dir, { recursive: true, force: true });
  await world.push('b', '1.1.0');
  await world.api.client.patch(imageRepositories, { namespace, name: 'web' }, { metadata: { labels: { a: 'b' } } });
  await world.untilScanned(({ status }) => status?.lastScanResult?.tagCount === 3);
  await world.scan({ exclusionList: ['-dev$'] });
  const { status } = await world.untilScanned((found) => found.status?.lastScanResult?.tagCount === 2);
  assert.deepEqual(status?.lastScanResult?.latestTags, ['1.1.0', '1.0.0']);
  await world.scan({ exclusionList: ['('] });
  const wrong = await world.untilScanned((found) => readyOf(found)?.status === 'False');
  assert.match(readyOf(wrong)?.message ?? '', /exclusionList: '\(' is no regular expression/);
});
