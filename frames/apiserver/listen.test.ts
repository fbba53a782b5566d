import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:http2';
import { request as httpsRequest, type RequestOptions } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { silentLog } from '@croft/foundation/log';
import { type ListenOptions, listen } from './listen.ts';
import { openPki, type Pki } from './pki.ts';
import { startTestServer, type TestServer } from './test-server.ts';

async function withListener(
  use: (port: number, pki: Pki, api: TestServer) => Promise<void>,
  other: Partial<ListenOptions> = {},
): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), 'listen-'));
  try {
    const pki = await openPki({ dir, hosts: ['127.0.0.1'], nowMs: Date.now() });
    await using api = await startTestServer();
    const { certificate, key } = pki.server;
    const tls = { certificate, key, clientAuthority: pki.authority.certificate };
    await using listener = await listen({ host: '127.0.0.1', port: 0, tls, log: silentLog, ...api.server, ...other });
    await use(listener.port, pki, api);
  } finally {
    await rm(dir, { recursive: true });
  }
}

interface Reply {
  status: number;
  headers: Record<string, unknown>;
  body: Buffer;
}

function ask(port: number, options: RequestOptions, body?: string): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const outgoing = httpsRequest({ host: '127.0.0.1', port, agent: false, ...options }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('error', reject);
      incoming.on('end', () =>
        resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: Buffer.concat(chunks) }),
      );
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

const namespaces = '/api/v1/namespaces';

test('a client certificate of the own authority is the administrator; without one all is anonymous', async () => {
  await withListener(async (port, pki) => {
    const ca = pki.authority.certificate;
    const admin = { ca, cert: pki.admin.certificate, key: pki.admin.key };
    assert.equal((await ask(port, { ...admin, path: namespaces })).status, 200);
    const stranger = await ask(port, { ca, path: namespaces });
    assert.equal(stranger.status, 403);
    assert.match(stranger.body.toString(), /system:anonymous/);
    assert.equal((await ask(port, { ca, path: '/livez' })).status, 200);
  });
});

test('HTTP/2 serves many requests over one connection', async () => {
  await withListener(async (port, pki) => {
    const session = connect(`https://127.0.0.1:${port}`, {
      ca: pki.authority.certificate,
      cert: pki.admin.certificate,
      key: pki.admin.key,
    });
    try {
      const get = (path: string) =>
        new Promise<number>((resolve, reject) => {
          const stream = session.request({ ':path': path });
          stream.on('response', (headers) => resolve(Number(headers[':status'])));
          stream.on('error', reject);
          stream.resume();
        });
      const paths = Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? namespaces : `${namespaces}/nope`));
      const expected = paths.map((path) => (path === namespaces ? 200 : 404));
      assert.deepEqual(await Promise.all(paths.map(get)), expected);
    } finally {
      session.close();
    }
  });
});

test('a watch over HTTP/1.1 is framed properly up to its end', async () => {
  await withListener(async (port, pki, api) => {
    const admin = { ca: pki.authority.certificate, cert: pki.admin.certificate, key: pki.admin.key };
    for (const name of ['a', 'b']) await api.call('POST', namespaces, { metadata: { name } });
    const { body } = await ask(port, { ...admin, path: `${namespaces}?watch=true&timeoutSeconds=1` });
    const lines = body.toString().trimEnd().split('\n');
    const events = lines.map((line) => JSON.parse(line) as { object: { metadata: { name: string } } });
    const names = events.map(({ object }) => object.metadata.name);
    assert.deepEqual([...new Set(names)].toSorted().slice(0, 3), ['a', 'b', 'default']);
  });
});

test('large answers are packed when asked for, too large bodies are refused', async () => {
  await withListener(async (port, pki, api) => {
    const admin = { ca: pki.authority.certificate, cert: pki.admin.certificate, key: pki.admin.key };
    const data = { payload: 'x'.repeat(300_000) };
    await api.call('POST', `${namespaces}/default/configmaps`, { metadata: { name: 'large' }, data });
    const path = `${namespaces}/default/configmaps/large`;
    const packed = await ask(port, { ...admin, path, headers: { 'accept-encoding': 'gzip' } });
    assert.equal(packed.headers['content-encoding'], 'gzip');
    const plain = await ask(port, { ...admin, path });
    assert.equal(plain.headers['content-encoding'], undefined);
    assert.deepEqual(gunzipSync(packed.body), plain.body);
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ data: 'y'.repeat(4 * 1024 * 1024) });
    const refused = await ask(
      port,
      { ...admin, method: 'POST', path: `${namespaces}/default/configmaps`, headers },
      body,
    );
    assert.equal(refused.status, 413);
  });
});

test('many answers pass a large one that nobody reads on the same connection of HTTP/2', async () => {
  const large = Buffer.alloc(20 * 1024 * 1024);
  const isLarge = ({ path }: { path: string }) => path === '/large';
  const handle: ListenOptions['handle'] = async (request) => ({
    status: 200,
    headers: {},
    body: isLarge(request) ? large : 'small',
  });
  await withListener(
    async (port, pki) => {
      const session = connect(`https://127.0.0.1:${port}`, { ca: pki.authority.certificate });
      try {
        const ask = (path: string) => session.request({ ':path': path });
        await once(ask('/large'), 'response');
        const small = Array.from({ length: 20 }, () => text(ask('/small')));
        assert.deepEqual(await Promise.all(small), Array(20).fill('small'));
      } finally {
        session.destroy();
      }
    },
    { handle },
  );
});
