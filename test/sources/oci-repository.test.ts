import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { serviceAccounts } from '@croft/api/kinds';
import { sha256Digest } from '@croft/foundation/digest';
import { type OciRepository, ociRepositories } from '@croft/gitops/oci-repository/types';
import { writeTar } from '@croft/helm/chart/write-tar';
import { openRegistry, type Registry, requireAnswer } from '@croft/repository/oci/registry';
import { uploadBlob } from '@croft/repository/oci/upload-blob';
import { startTestRegistry } from '@croft/repository/testing/test-registry';
import { conditionOf, readyOf, type SourceWorld, startSourceWorld } from './world.ts';

const interval = '1h';
const layerType = 'application/vnd.cncf.flux.content.v1.tar+gzip';

/** Pushes files as one layer, as `flux push artifact` does; gives the manifest's digest. */
async function push(registry: Registry, tag: string, files: Record<string, string>, type = layerType): Promise<string> {
  const entries = Object.entries(files).map(([name, text]) => ({ name, data: Buffer.from(text) }));
  return await pushLayer(registry, tag, gzipSync(writeTar(entries, 0)), type);
}

async function pushLayer(registry: Registry, tag: string, layer: Uint8Array, mediaType: string): Promise<string> {
  const config = Buffer.from('{}');
  for (const blob of [layer, config]) await uploadBlob(registry, 'app', blob);
  const describe = (type: string, data: Uint8Array) => ({
    mediaType: type,
    digest: sha256Digest(data),
    size: data.length,
  });
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config: describe('application/vnd.cncf.flux.config.v1+json', config),
    layers: [describe(mediaType, layer)],
    annotations: {
      'org.opencontainers.image.source': 'https://example.org/app',
      'org.opencontainers.image.revision': tag,
    },
  });
  const headers = { 'content-type': 'application/vnd.oci.image.manifest.v1+json' };
  const body = Buffer.from(manifest);
  const answer = await registry.send(
    { path: `/v2/app/manifests/${tag}`, method: 'PUT', headers, body },
    'repository:app:pull,push',
  );
  (await requireAnswer(answer, 201)).discard();
  return sha256Digest(manifest);
}

async function filesOf(world: SourceWorld, { status }: OciRepository): Promise<string[]> {
  assert.ok(status?.artifact);
  return (await readdir(await world.artifacts.open(status.artifact), { recursive: true })).sort();
}

test('a tag, a range of versions with a filter, and a digest', async (t) => {
  const world = await startSourceWorld(t);
  await using server = await startTestRegistry();
  const registry = openRegistry(server.host, {});
  const one = await push(registry, 'v1.0.0', { 'a.yaml': '1' });
  const two = await push(registry, 'v1.5.0', { 'a.yaml': '2' });
  const special = await push(registry, '1.9.0-rc.1', { 'a.yaml': '3' });
  const latest = await push(registry, 'latest', { 'a.yaml': '4', 'deploy/b.yaml': '', 'logo.png': '' });
  const url = `oci://${server.host}/app`;
  const cases: [string, NonNullable<OciRepository['spec']>['ref'], string][] = [
    ['newest', undefined, `latest@${latest}`],
    ['tag', { tag: 'v1.0.0' }, `v1.0.0@${one}`],
    ['range', { semver: '1.x' }, `v1.5.0@${two}`],
    ['filtered', { semver: '>=1.0.0-0', semverFilter: '.*-rc.*' }, `1.9.0-rc.1@${special}`],
    ['digest', { digest: two, tag: 'v1.0.0' }, two],
  ];
  for (const [name, ref, revision] of cases) {
    const found = await world.createReady(ociRepositories, name, {
      url,
      interval,
      ...(ref === undefined ? {} : { ref }),
    });
    assert.equal(found.status?.artifact?.revision, revision, name);
  }
  const newest = await world.until(ociRepositories, 'newest', () => true);
  assert.deepEqual(await filesOf(world, newest), ['a.yaml', 'deploy', 'deploy/b.yaml']);
  assert.equal(newest.status?.artifact?.metadata?.['org.opencontainers.image.revision'], 'latest');
  assert.equal(readyOf(newest)?.message, `stored artifact for digest 'latest@${latest}'`);
});

test('a moved tag is followed; a layer is chosen by its type, and kept as it is when asked for', async (t) => {
  const world = await startSourceWorld(t);
  await using server = await startTestRegistry();
  const registry = openRegistry(server.host, {});
  await push(registry, 'latest', { 'a.yaml': '1' });
  const url = `oci://${server.host}/app`;
  const first = await world.createReady(ociRepositories, 'app', { url, interval });
  const digest = await push(registry, 'latest', { 'a.yaml': '2' });
  const second = await world.change(ociRepositories, 'app', {}, 'True');
  assert.equal(second.status?.artifact?.revision, `latest@${digest}`);
  const none = await world.change(ociRepositories, 'app', { layerSelector: { mediaType: 'text/none' } }, 'False');
  assert.equal(conditionOf(none, 'FetchFailed')?.reason, 'OCIArtifactLayerOperationFailed');
  assert.match(
    readyOf(none)?.message ?? '',
    new RegExp(
      `no layer of the media type 'text/none'; it has ${layerType.replaceAll('.', '\\.').replace('+', '\\+')}`,
    ),
  );
  assert.deepEqual(none.status?.artifact, second.status?.artifact);
  const raw = Buffer.from('not a tarball at all');
  const copied = await pushLayer(registry, 'raw', raw, 'text/plain');
  const layerSelector = { mediaType: 'text/plain', operation: 'copy' };
  const kept = await world.change(ociRepositories, 'app', { ref: { tag: 'raw' }, layerSelector }, 'True');
  assert.equal(kept.status?.artifact?.revision, `raw@${copied}`);
  assert.ok(kept.status?.artifact && first.status?.artifact);
  assert.deepEqual(await readFile(await world.artifacts.openFile(kept.status.artifact)), raw);
  const broken = await world.change(ociRepositories, 'app', { layerSelector: { operation: 'extract' } }, 'False');
  assert.match(readyOf(broken)?.message ?? '', /tar/);
});

test('a layer that would lead out of its folder is refused, and nothing is written there', async (t) => {
  const world = await startSourceWorld(t);
  await using server = await startTestRegistry();
  const registry = openRegistry(server.host, {});
  await push(registry, 'latest', { 'a.yaml': '1' });
  const url = `oci://${server.host}/app`;
  const good = await world.createReady(ociRepositories, 'app', { url, interval });
  await push(registry, 'latest', { '../../../evil': 'x', 'b.yaml': '' });
  const refused = await world.change(ociRepositories, 'app', {}, 'False');
  assert.match(readyOf(refused)?.message ?? '', /\.\./);
  assert.deepEqual(refused.status?.artifact, good.status?.artifact);
  assert.ok(!(await readdir(world.root)).includes('evil'));
  assert.deepEqual(await readdir(join(world.root, 'artifacts', 'incoming')), []);
});

test('credentials come from a Secret or from the pull secrets of a service account', async (t) => {
  const world = await startSourceWorld(t);
  const credentials = { username: 'me', password: 'right' };
  await using server = await startTestRegistry({ user: credentials, tls: true });
  await push(openRegistry(server.host, { credentials, tls: { ca: server.ca } }), 'latest', { 'a.yaml': '1' });
  const config = (password: string) =>
    JSON.stringify({ auths: { [server.host]: { auth: Buffer.from(`me:${password}`).toString('base64') } } });
  const type = 'kubernetes.io/dockerconfigjson';
  await world.createSecret('ca', { 'ca.crt': server.ca });
  await world.createSecret('pull', { '.dockerconfigjson': config('wrong') }, type);
  const url = `oci://${server.host}/app`;
  const spec = { url, interval, certSecretRef: { name: 'ca' }, secretRef: { name: 'pull' } };
  await world.client.create(ociRepositories, { metadata: { namespace: 'apps', name: 'app' }, spec });
  const wrong = await world.until(ociRepositories, 'app', (object) => readyOf(object)?.status === 'False');
  assert.match(readyOf(wrong)?.message ?? '', /401/);
  await world.createSecret('pull', { '.dockerconfigjson': config('right') }, type);
  await world.until(ociRepositories, 'app', (object) => readyOf(object)?.status === 'True');
  await world.client.create(serviceAccounts, {
    metadata: { namespace: 'apps', name: 'puller' },
    imagePullSecrets: [{ name: 'absent' }, { name: 'pull' }],
  });
  const { secretRef: _, ...rest } = spec;
  await world.createReady(ociRepositories, 'by-account', { ...rest, serviceAccountName: 'puller' });
});

test('what cannot be verified, reached or read keeps the last artifact', async (t) => {
  const world = await startSourceWorld(t);
  await using server = await startTestRegistry();
  const url = `oci://${server.host}/app`;
  await push(openRegistry(server.host, {}), 'latest', { 'a.yaml': '1' });
  const good = await world.createReady(ociRepositories, 'app', { url, interval });
  const unverified = await world.change(ociRepositories, 'app', { verify: { provider: 'cosign' } }, 'False');
  assert.deepEqual(
    [readyOf(unverified)?.reason, conditionOf(unverified, 'SourceVerified')?.status],
    ['VerificationError', 'False'],
  );
  const tagged = await world.change(ociRepositories, 'app', { verify: null, url: `${url}:latest` }, 'False');
  assert.deepEqual([readyOf(tagged)?.reason, conditionOf(tagged, 'Stalled')?.status], ['URLInvalid', 'True']);
  const missing = await world.change(ociRepositories, 'app', { url, ref: { tag: 'v9' } }, 'False');
  assert.match(readyOf(missing)?.message ?? '', /has no tag "v9"/);
  const away = await world.change(ociRepositories, 'app', { url: 'oci://127.0.0.1:9/app', ref: null }, 'False');
  assert.match(readyOf(away)?.message ?? '', /127\.0\.0\.1:9.*refused/i);
  assert.deepEqual(away.status?.artifact, good.status?.artifact);
  const healed = await world.change(ociRepositories, 'app', { url }, 'True');
  assert.equal(conditionOf(healed, 'FetchFailed'), undefined);
});
