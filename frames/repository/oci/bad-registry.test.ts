import assert from 'node:assert/strict';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { test } from 'node:test';
import { createAuthority, issueCertificate } from '@croft/foundation/certificates';
import { sha256Digest } from '@croft/foundation/digest';
import { startTestServer } from '../testing/http-server.ts';
import { fetchManifest } from './manifest.ts';
import { CHART_CONFIG, CHART_LAYER } from './media-types.ts';
import { pullChart } from './pull-chart.ts';
import { openRegistry, type RegistryOptions } from './registry.ts';
import { fetchTags } from './tags.ts';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** A registry that answers as the test says. */
async function startRegistry(answer: Answer, options: RegistryOptions = {}) {
  const server = await startTestServer(answer);
  const { host } = new URL(server.url);
  const registry = openRegistry(host, { plainHttp: true, ...options });
  return { server, registry, host, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

const archive = Buffer.from('a chart');
const config = Buffer.from('{}');
const describe = (mediaType: string, data: Buffer) => ({ mediaType, digest: sha256Digest(data), size: data.length });
const chartManifest = (change: object = {}) =>
  JSON.stringify({
    schemaVersion: 2,
    config: describe(CHART_CONFIG, config),
    layers: [describe(CHART_LAYER, archive)],
    ...change,
  });

test('a manifest that is none, or not the one that was asked for, is refused', async () => {
  let body = '';
  let digest: string | undefined;
  await using bad = await startRegistry((_request, response) => {
    if (digest !== undefined) response.setHeader('docker-content-digest', digest);
    response.end(body);
  });
  const rejects = async (text: string, message: RegExp, reference = 'x') => {
    body = text;
    await assert.rejects(fetchManifest(bad.registry, 'a/b', reference), message);
  };
  const asked = sha256Digest('other');
  await rejects('<html>', /\/v2\/a\/b\/manifests\/x : the manifest is no JSON object/);
  await rejects('{"schemaVersion": 1}', /this is no manifest of an OCI artifact or image/);
  await rejects(
    chartManifest({ layers: [{ digest: '../../etc/passwd' }] }),
    /descriptor without a valid digest \("\.\.\/\.\.\/etc\/passwd"\)/,
  );
  await rejects(`{"a":"${'x'.repeat(5 * 1024 * 1024)}"}`, /larger than 4194304 bytes/);
  await rejects(chartManifest(), new RegExp(`does not have the digest ${asked}`), asked);
  digest = asked;
  await rejects(chartManifest(), new RegExp(`does not have the digest ${asked}`));
});

test('a chart whose layers are missing, false or something else is refused', async () => {
  let manifest = chartManifest();
  let blob = archive;
  await using bad = await startRegistry((request, response) => {
    response.end(request.url?.includes('/blobs/') === true ? blob : manifest);
  });
  const reference = { host: bad.host, repository: 'a/b', tag: '1.0.0', digest: '' };
  const pull = () => pullChart(bad.registry, reference);
  assert.deepEqual((await pull()).archive, archive);
  blob = Buffer.from('another');
  await assert.rejects(pull(), /\/blobs\/sha256:[0-9a-f]+ : what was received does not have the digest sha256:/);
  manifest = chartManifest({ layers: [] });
  await assert.rejects(pull(), /manifest does not contain a layer with mediatype application\/vnd\.cncf\.helm\.chart/);
  manifest = chartManifest({ config: describe('application/vnd.oci.image.config.v1+json', config) });
  await assert.rejects(
    pull(),
    /could not load config with mediatype .*\/a\/b holds application\/vnd\.oci\.image\.config/,
  );
  manifest = chartManifest({ layers: [{ ...describe(CHART_LAYER, archive), size: 1e12 }] });
  await assert.rejects(pull(), /the blob has 1000000000000 bytes; more than 104857600 are not taken/);
});

test('credentials do not follow a blob to where it is stored, nor to a token service without TLS', async () => {
  const seen: (string | undefined)[] = [];
  await using store = await startTestServer((request, response) => {
    seen.push(request.headers.authorization);
    response.end(archive);
  });
  const credentials = { username: 'ann', password: 'secret' };
  await using bad = await startRegistry(
    (request, response) => {
      const { url = '', headers } = request;
      if (headers.authorization === undefined) response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end();
      else if (url.includes('/blobs/')) response.writeHead(307, { location: `${store.url}/blob` }).end();
      else response.end(chartManifest());
    },
    { credentials },
  );
  const reference = { host: bad.host, repository: 'a/b', tag: '1.0.0', digest: '' };
  assert.deepEqual((await pullChart(bad.registry, reference)).archive, archive);
  assert.deepEqual(seen, [undefined]);

  const nowMs = Date.now();
  const authority = createAuthority('test', nowMs);
  const leaf = issueCertificate(authority, { commonName: 'registry', hosts: ['127.0.0.1'], nowMs, days: 1 });
  await using server = await startTestServer((_request, response) => {
    response.writeHead(401, { 'www-authenticate': `Bearer realm="${store.url}/token",service="x"` }).end();
  }, leaf);
  const registry = openRegistry(new URL(server.url).host, { credentials, tls: { ca: authority.certificate } });
  await assert.rejects(fetchTags(registry, 'a/b'), /its token service http:.* is not reached by HTTPS/);
  assert.deepEqual(seen, [undefined]);
});

test('what a registry says of its failure is told; lists that never end are given up', async () => {
  await using bad = await startRegistry((request, response) => {
    if (request.url?.startsWith('/v2/broken/')) {
      response.writeHead(503).end('{"errors":[{"code":"UNAVAILABLE","message":"come back later"},{"code":"X"}]}');
    } else {
      response.setHeader('link', `<${request.url}>; rel="next"`);
      response.end('{"tags":["1.0.0"]}');
    }
  });
  await assert.rejects(
    fetchTags(bad.registry, 'broken'),
    /\/v2\/broken\/tags\/list : 503 Service Unavailable: UNAVAILABLE come back later: X/,
  );
  await assert.rejects(fetchTags(bad.registry, 'endless'), /more than 1000 pages/);
});
