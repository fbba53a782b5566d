import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { sha256Digest } from '@croft/foundation/digest';
import { makeChartPackage } from '../testing/chart-package.ts';
import { startTestRegistry } from '../testing/test-registry.ts';
import { startTokenService } from '../testing/token-service.ts';
import { saveBlob } from './blob.ts';
import { fetchManifest, findDigest } from './manifest.ts';
import { pullChart } from './pull-chart.ts';
import { pushChart } from './push-chart.ts';
import { parseReference } from './reference.ts';
import { openRegistry, type Registry } from './registry.ts';
import { resolveChart } from './resolve-chart.ts';
import { fetchTags } from './tags.ts';

const created = '2026-01-02T03:04:05Z';

async function push(registry: Registry, name: string, version: string) {
  const { chart, archive } = makeChartPackage(name, version);
  return { archive, pushed: await pushChart(registry, 'charts', { metadata: chart.metadata, archive, created }) };
}

test('a chart that was pushed is found by version, range and digest, and pulled as it was', async () => {
  await using server = await startTestRegistry();
  const registry = openRegistry(server.host, {});
  const { archive, pushed } = await push(registry, 'shop', '1.2.0+build.5');
  for (const version of ['1.3.0', '2.0.0-rc.1', '0.9.0']) await push(registry, 'shop', version);
  const reference = parseReference(`oci://${server.host}/charts/shop`);
  const chosen = async (range: string, text = `oci://${server.host}/charts/shop`) =>
    (await resolveChart(registry, parseReference(text), range)).tag;
  assert.equal(await chosen(''), '1.3.0');
  assert.equal(await chosen('~1.2'), '1.2.0_build.5');
  assert.equal(await chosen('>0.0.0-0'), '2.0.0-rc.1');
  assert.equal(await chosen('', `oci://${server.host}/charts/shop:1.2.0+build.5`), '1.2.0_build.5');
  await assert.rejects(
    chosen('^3'),
    /Could not locate a version matching provided version string \^3 .* up to 2\.0\.0-rc\.1/,
  );
  await assert.rejects(chosen('1.0.0', `${reference.host}/charts/shop:1.3.0`), /1\.0\.0 is not 1\.3\.0/);
  const byTag = await pullChart(registry, { ...reference, tag: '1.2.0_build.5' });
  assert.deepEqual(byTag.archive, Buffer.from(archive));
  assert.equal(byTag.digest, pushed.digest);
  assert.equal(byTag.provenance, undefined);
  const byDigest = await pullChart(registry, { ...reference, digest: pushed.digest });
  assert.deepEqual(byDigest.archive, byTag.archive);
  assert.equal(await findDigest(registry, 'charts/shop', '1.2.0_build.5'), pushed.digest);
  assert.equal(await findDigest(registry, 'charts/shop', '7.0.0'), undefined);
});

test('the manifest is the one that helm writes', async () => {
  await using server = await startTestRegistry();
  const registry = openRegistry(server.host, {});
  const extra = 'home: https://shop.test\nmaintainers: [{name: A, email: a@b.c}, {name: B}]\nannotations: {x: "<1>"}\n';
  const { chart, archive } = makeChartPackage('shop', '1.0.0', extra);
  const provenance = Buffer.from('signed');
  const pushed = await pushChart(registry, '', { metadata: chart.metadata, archive, provenance, created });
  const response = await registry.send(
    { path: '/v2/shop/manifests/1.0.0', headers: { accept: 'application/vnd.oci.image.manifest.v1+json' } },
    'repository:shop:pull',
  );
  const chunks: Buffer[] = [];
  for await (const chunk of response.body) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString();
  const config =
    '{"name":"shop","home":"https://shop.test","version":"1.0.0","description":"Test of shop","maintainers":[{"name":"A","email":"a@b.c"},{"name":"B"}],"apiVersion":"v2","annotations":{"x":"\\u003c1\\u003e"}}';
  const layers = [
    `{"mediaType":"application/vnd.cncf.helm.chart.content.v1.tar+gzip","digest":"${sha256Digest(archive)}","size":${archive.length}}`,
    `{"mediaType":"application/vnd.cncf.helm.chart.provenance.v1.prov","digest":"${sha256Digest(provenance)}","size":6}`,
  ];
  if (sha256Digest(archive) > sha256Digest(provenance)) layers.reverse();
  const annotations =
    '{"org.opencontainers.image.authors":"A (a@b.c), B","org.opencontainers.image.created":"2026-01-02T03:04:05Z","org.opencontainers.image.description":"Test of shop","org.opencontainers.image.title":"shop","org.opencontainers.image.url":"https://shop.test","org.opencontainers.image.version":"1.0.0","x":"\\u003c1\\u003e"}';
  assert.equal(
    text,
    `{"schemaVersion":2,"config":{"mediaType":"application/vnd.cncf.helm.config.v1+json","digest":"${sha256Digest(config)}","size":${config.length}},"layers":[${layers.join(',')}],"annotations":${annotations}}`,
  );
  assert.equal(pushed.digest, sha256Digest(text));
  const pulled = await pullChart(registry, pushed, { withProvenance: true });
  assert.deepEqual(pulled.provenance, provenance);
});

test('a layer is saved as a file, and never what is not it', async () => {
  await using server = await startTestRegistry();
  const registry = openRegistry(server.host, {});
  const { archive, pushed } = await push(registry, 'shop', '1.0.0');
  const { layers } = await fetchManifest(registry, pushed.repository, pushed.tag);
  const [layer] = layers;
  assert.ok(layer);
  const folder = await mkdtemp(join(tmpdir(), 'croft-blob-'));
  try {
    await saveBlob(registry, pushed.repository, layer, join(folder, 'a.tgz'), 10_000);
    assert.deepEqual(await readFile(join(folder, 'a.tgz')), Buffer.from(archive));
    await assert.rejects(
      saveBlob(registry, pushed.repository, layer, join(folder, 'b.tgz'), 10),
      /more than 10 are not taken/,
    );
    const unsized = { ...layer, size: -1 };
    await assert.rejects(
      saveBlob(registry, pushed.repository, unsized, join(folder, 'b.tgz'), 10),
      /larger than 10 bytes/,
    );
    await assert.rejects(readFile(join(folder, 'b.tgz')), { code: 'ENOENT' });
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('basic authentication over TLS: the password and the authority must be right', async () => {
  const user = { username: 'ann', password: 'pa:ss' };
  await using server = await startTestRegistry({ user, tls: true });
  const good = openRegistry(server.host, { credentials: user, tls: { ca: server.ca } });
  await push(good, 'shop', '1.0.0');
  assert.deepEqual(await fetchTags(good, 'charts/shop'), ['1.0.0']);
  const bad = openRegistry(server.host, { credentials: { ...user, password: 'no' }, tls: { ca: server.ca } });
  await assert.rejects(fetchTags(bad, 'charts/shop'), /charts\/shop\/tags\/list : 401 Unauthorized: UNAUTHORIZED/);
  const none = openRegistry(server.host, { tls: { ca: server.ca } });
  await assert.rejects(fetchTags(none, 'charts/shop'), /asks for a user name and a password/);
  const untrusting = openRegistry(server.host, { credentials: user });
  await assert.rejects(fetchTags(untrusting, 'charts/shop'), /certificate is not trusted/);
  const insecure = openRegistry(server.host, { credentials: user, tls: { insecure: true } });
  assert.deepEqual(await fetchTags(insecure, 'charts/shop'), ['1.0.0']);
});

test('tokens are fetched for the scope that is needed, and once', async () => {
  await using tokens = await startTokenService('ann', 'secret');
  await using server = await startTestRegistry({ tokens });
  const writer = openRegistry(server.host, { credentials: { username: 'ann', password: 'secret' } });
  await push(writer, 'shop', '1.0.0');
  assert.deepEqual(tokens.granted, ['charts/shop:pull,push']);
  const reader = openRegistry(server.host, {});
  assert.deepEqual(await fetchTags(reader, 'charts/shop'), ['1.0.0']);
  await pullChart(reader, parseReference(`${server.host}/charts/shop:1.0.0`));
  assert.deepEqual(tokens.granted.slice(1), ['charts/shop:pull']);
  await assert.rejects(push(reader, 'shop', '2.0.0'), /401 Unauthorized: UNAUTHORIZED/);
  const wrong = openRegistry(server.host, { credentials: { username: 'ann', password: 'wrong' } });
  await assert.rejects(fetchTags(wrong, 'charts/shop'), /the credentials were refused: 401 .*incorrect username/);
});

test('what is missing is named', async () => {
  await using server = await startTestRegistry();
  const registry = openRegistry(server.host, {});
  const missing = parseReference(`${server.host}/charts/none:1.0.0`);
  await assert.rejects(
    pullChart(registry, missing),
    /\/v2\/charts\/none\/manifests\/1\.0\.0 : 404 Not Found: MANIFEST_UNKNOWN/,
  );
  await assert.rejects(resolveChart(registry, { ...missing, tag: '' }, ''), /404 Not Found: NAME_UNKNOWN/);
});
