import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { createAuthority, issueCertificate } from '@croft/foundation/certificates';
import { sha256Hex } from '@croft/foundation/digest';
import { makeChartPackage } from '../testing/chart-package.ts';
import { startTestServer } from '../testing/http-server.ts';
import { fetchArchive, fetchChartVersion } from './fetch-archive.ts';
import { fetchIndex } from './fetch-index.ts';
import { resolveUrl } from './resolve-url.ts';

async function temporaryFolder(): Promise<{ path: string } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), 'croft-index-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

const ann = { username: 'ann', password: 'secret' };
const annsHeader = `Basic ${Buffer.from('ann:secret').toString('base64')}`;

test('an index is fetched again only when it has changed', async () => {
  await using folder = await temporaryFolder();
  let text = 'apiVersion: v1\n';
  await using server = await startTestServer((request, response) => {
    const etag = `"${sha256Hex(text)}"`;
    const status = request.headers['if-none-match'] === etag ? 304 : 200;
    response.writeHead(status, { etag }).end(status === 200 ? text : undefined);
  });
  const fetch = (name: string, known = {}) => fetchIndex(`${server.url}/charts/`, join(folder.path, name), {}, known);
  const first = await fetch('a');
  assert.equal(first?.digest, `sha256:${sha256Hex(text)}`);
  assert.equal(await readFile(join(folder.path, 'a'), 'utf8'), text);
  assert.equal(await fetch('b', first?.validators), undefined);
  text += 'entries: {}\n';
  assert.equal((await fetch('b', first?.validators))?.size, text.length);
  assert.deepEqual(new Set(server.requests), new Set(['GET /charts/index.yaml']));
});

test('failures name the URL without secrets, and leave no file', async () => {
  await using folder = await temporaryFolder();
  await using server = await startTestServer((request, response) => {
    if (request.url?.startsWith('/cut')) {
      response.writeHead(200, { 'content-length': 100 });
      response.write('half', () => response.destroy());
    } else if (request.url?.startsWith('/loop')) response.writeHead(302, { location: '/loop/index.yaml' }).end();
    else if (!request.url?.startsWith('/slow')) response.writeHead(500).end('secret details');
  });
  const { host } = new URL(server.url);
  const rejects = async (url: string, message: string, timeoutMs = 20_000) =>
    await assert.rejects(fetchIndex(url, join(folder.path, 'x'), { timeoutMs }), { message });
  await rejects(
    `http://ann:pw@${host}/r?key=1`,
    `failed to fetch http://${host}/r/index.yaml : 500 Internal Server Error`,
  );
  await rejects(
    `${server.url}/cut`,
    `failed to fetch http://${host}/cut/index.yaml : the connection was closed before the answer was complete (aborted)`,
  );
  await rejects(`${server.url}/loop`, `failed to fetch http://${host}/loop/index.yaml : redirected more than 10 times`);
  await rejects(
    `${server.url}/slow`,
    `failed to fetch http://${host}/slow/index.yaml : no complete answer within 0.05 s`,
    50,
  );
  await rejects(
    'ftp://x.test/',
    'failed to fetch ftp://x.test/index.yaml : there is no handler for ftp, only for http, https and oci',
  );
  await assert.rejects(
    fetchIndex('http://127.0.0.1:1', join(folder.path, 'x'), {}),
    /127\.0\.0\.1:1\/index\.yaml : connect ECONNREFUSED/,
  );
  const cancelled = AbortSignal.abort(new Error('no longer wanted'));
  await assert.rejects(
    fetchIndex(`${server.url}/slow`, join(folder.path, 'x'), { signal: cancelled }),
    /no longer wanted/,
  );
  assert.deepEqual(await readdir(folder.path), []);
});

test('credentials stay with the origin of the repository', async () => {
  const seen: (string | undefined)[] = [];
  await using other = await startTestServer((request, response) => {
    seen.push(request.headers.authorization);
    response.end('archive');
  });
  await using server = await startTestServer((request, response) => {
    seen.push(request.headers.authorization);
    response.writeHead(302, { location: `${other.url}/x.tgz` }).end();
  });
  const fetch = async (url: string, passCredentials: boolean) => {
    seen.length = 0;
    await fetchArchive(url, server.url, { credentials: ann, passCredentials });
    return seen;
  };
  assert.deepEqual(await fetch(`${server.url}/x.tgz`, false), [annsHeader, undefined]);
  assert.deepEqual(await fetch(`${server.url}/x.tgz`, true), [annsHeader, annsHeader]);
  assert.deepEqual(await fetch(`${other.url}/x.tgz`, false), [undefined]);
  assert.deepEqual(await fetch(`${other.url}/x.tgz`, true), [annsHeader]);
});

test('an archive must have the digest of the index', async () => {
  const { chart, archive } = makeChartPackage('shop', '1.0.0');
  await using server = await startTestServer((_request, response) => void response.end(archive));
  const entry = { metadata: chart.metadata, urls: ['shop-1.0.0.tgz'], created: '' };
  const fetch = (digest: string) => fetchChartVersion(`${server.url}/charts`, { ...entry, digest }, {});
  assert.deepEqual(await fetch(sha256Hex(archive)), Buffer.from(archive));
  assert.deepEqual(await fetch(''), Buffer.from(archive));
  await assert.rejects(
    fetch('0'.repeat(64)),
    /chart shop version 1\.0\.0 at .*shop-1\.0\.0\.tgz has digest sha256:\w+, but the index says sha256:0+/,
  );
  assert.deepEqual(new Set(server.requests), new Set(['GET /charts/shop-1.0.0.tgz']));
});

test('a client certificate is shown to a server that asks for one', async () => {
  const nowMs = Date.now();
  const authority = createAuthority('test', nowMs);
  const issue = (commonName: string, hosts: string[]) =>
    issueCertificate(authority, { commonName, hosts, nowMs, days: 1 });
  const client = issue('ann', []);
  await using server = await startTestServer((_request, response) => void response.end('ok'), {
    ...issue('server', ['127.0.0.1']),
    clientCa: authority.certificate,
  });
  const ca = authority.certificate;
  const fetch = (tls: object) => fetchArchive(`${server.url}/a`, server.url, { tls });
  assert.equal((await fetch({ ca, cert: client.certificate, key: client.key })).toString(), 'ok');
  await assert.rejects(fetch({ ca }), /certificate required|ECONNRESET|closed/);
});

test('URLs of an index are relative to the repository, whose query they keep', () => {
  const resolve = (reference: string) => resolveUrl('https://x.test/charts?token=1', reference);
  assert.equal(resolve('a-1.tgz'), 'https://x.test/charts/a-1.tgz?token=1');
  assert.equal(resolve('/a-1.tgz'), 'https://x.test/a-1.tgz?token=1');
  assert.equal(resolve('https://y.test/a-1.tgz'), 'https://y.test/a-1.tgz');
  assert.equal(resolve('oci://y.test/a:1'), 'oci://y.test/a:1');
});
