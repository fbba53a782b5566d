import assert from 'node:assert/strict';
import { once } from 'node:events';
import { constants, createSecureServer, type Http2SecureServer, type ServerHttp2Stream } from 'node:http2';
import { createServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { createAuthority, issueCertificate } from '@croft/foundation/certificates';
import { createHttpsFetch } from './https-fetch.ts';

const now = Date.now();
const authority = createAuthority('test', now);
const leaf = { commonName: 'server', hosts: ['127.0.0.1'], nowMs: now, days: 1 };
const { key, certificate: cert } = issueCertificate(authority, leaf);

/** Waits for so many requests before it lets the test go on. */
function gather<T>(count: number) {
  const { promise, resolve } = Promise.withResolvers<T[]>();
  const items: T[] = [];
  const add = (item: T) => {
    items.push(item);
    if (items.length === count) resolve(items);
  };
  return { add, all: promise };
}

async function serve(t: TestContext, server: Http2SecureServer | ReturnType<typeof createServer>) {
  const sockets = new Set<Socket>();
  server.on('secureConnection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {}); // the tests cut connections
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const fetch = createHttpsFetch({ ca: authority.certificate });
  t.after(() => {
    fetch[Symbol.dispose]();
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const origin = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const ask = (path: string, init?: RequestInit) => fetch(new Request(`${origin}${path}`, init));
  return { ask, origin, sockets };
}

/** A server of HTTP/2 that answers streams by hand. */
async function serveStreams(t: TestContext, answer: (stream: ServerHttp2Stream, path: string) => void, most = 100) {
  const server = createSecureServer({ key, cert, settings: { maxConcurrentStreams: most } });
  server.on('stream', (stream, headers) => {
    stream.on('error', () => {}); // the tests break off
    answer(stream, headers[':path'] ?? '');
  });
  return await serve(t, server);
}

const text = (stream: ServerHttp2Stream, body: string) => {
  stream.respond({ ':status': 200, 'content-length': Buffer.byteLength(body) });
  stream.end(body);
};

test('requests share a connection of HTTP/2, with their bodies and headers', async (t) => {
  const server = createSecureServer({ key, cert });
  server.on('request', (incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      outgoing.setHeader('x-seen', `${incoming.method} ${incoming.url} ${incoming.headers['content-type']}`);
      outgoing.end(Buffer.concat(chunks));
    });
  });
  const { ask, sockets } = await serve(t, server);
  const init = { method: 'POST', body: 'größe', headers: { 'content-type': 'text/plain' } };
  const answers = await Promise.all(Array.from({ length: 20 }, (_, index) => ask(`/things?n=${index}`, init)));
  assert.deepEqual(await Promise.all(answers.map((answer) => answer.text())), Array(20).fill('größe'));
  assert.equal(answers[7]?.headers.get('x-seen'), 'POST /things?n=7 text/plain');
  assert.equal(sockets.size, 1);
});

test('a server without HTTP/2 is asked by HTTP/1.1', async (t) => {
  const server = createServer({ key, cert }, (incoming, outgoing) => {
    if (incoming.url === '/none') outgoing.writeHead(204).end();
    else outgoing.end(`${incoming.httpVersion} ${incoming.method}`);
  });
  const { ask } = await serve(t, server);
  assert.equal(await (await ask('/')).text(), '1.1 GET');
  assert.equal((await ask('/none')).status, 204);
  assert.equal((await ask('/', { method: 'HEAD' })).status, 200);
});

test('where a connection takes no more requests another one is opened', async (t) => {
  const { add, all } = gather<ServerHttp2Stream>(5);
  const { ask, sockets } = await serveStreams(
    t,
    (stream, path) => (path === '/watch' ? add(stream) : text(stream, 'done')),
    2,
  );
  assert.equal(await (await ask('/')).text(), 'done');
  const watches = Array.from({ length: 5 }, () => ask('/watch'));
  for (const stream of await all) text(stream, 'event');
  assert.deepEqual(await Promise.all(watches.map(async (watch) => await (await watch).text())), Array(5).fill('event'));
  assert.equal(sockets.size, 3);
});

test('a request ends as its signal aborts: on its way, and while its answer is read', async (t) => {
  const closed = gather<number | undefined>(2);
  const { add, all } = gather<string>(1);
  const { ask } = await serveStreams(t, (stream, path) => {
    stream.on('close', () => closed.add(stream.rstCode));
    if (path === '/silent') return add(path);
    stream.respond({ ':status': 200 });
    stream.write('first');
  });
  const silent = new AbortController();
  const waiting = ask('/silent', { signal: silent.signal });
  await all;
  silent.abort(new Error('no longer wanted'));
  await assert.rejects(waiting, /no longer wanted/);

  const watched = new AbortController();
  const reader = (await ask('/watch', { signal: watched.signal })).body?.getReader();
  assert.equal(Buffer.from((await reader?.read())?.value ?? []).toString(), 'first');
  watched.abort(new Error('enough'));
  await assert.rejects(async () => await reader?.read(), /enough/);
  assert.deepEqual(await closed.all, [constants.NGHTTP2_CANCEL, constants.NGHTTP2_CANCEL]);

  await assert.rejects(ask('/', { signal: AbortSignal.abort(new Error('before')) }), /before/);
});

test('answers that break off are told of, whether long or short', async (t) => {
  const { ask } = await serveStreams(t, (stream, path) => {
    stream.respond({ ':status': 200, ...(path === '/short' ? { 'content-length': 100 } : {}) });
    stream.write('half', () => stream.destroy(new Error('broken')));
  });
  await assert.rejects(ask('/short'));
  const answer = await ask('/long');
  await assert.rejects(answer.text());
});

test('a lost connection fails what waits for it, and is made anew for what follows', async (t) => {
  const { add, all } = gather<string>(1);
  const { ask, sockets } = await serveStreams(t, (stream, path) =>
    path === '/silent' ? add(path) : text(stream, 'here'),
  );
  const waiting = ask('/silent');
  await all;
  for (const socket of sockets) socket.destroy();
  await assert.rejects(waiting);
  assert.equal(await (await ask('/')).text(), 'here');
});

test('what a server refuses without looking at it is sent again', async (t) => {
  let refused = 0;
  const { ask } = await serveStreams(t, (stream) => {
    if (refused++ === 0) stream.close(constants.NGHTTP2_REFUSED_STREAM);
    else text(stream, 'done');
  });
  assert.equal(await (await ask('/', { method: 'POST', body: 'x' })).text(), 'done');
});

test('a server that takes connections and says nothing is given up', async (t) => {
  const silent = createTcpServer((socket) => t.after(() => socket.destroy()));
  silent.listen(0, '127.0.0.1');
  await once(silent, 'listening');
  t.after(() => silent.close());
  using fetch = createHttpsFetch({ connectTimeoutMs: 100 });
  const origin = `https://127.0.0.1:${(silent.address() as AddressInfo).port}`;
  await assert.rejects(fetch(new Request(origin)), { message: `there is no connection to ${origin} within 0.1 s` });
});

test('a server whose authority is not trusted gets no request', async (t) => {
  let asked = 0;
  const { origin } = await serveStreams(t, (stream) => {
    asked += 1;
    text(stream, 'secret');
  });
  using stranger = createHttpsFetch({});
  await assert.rejects(stranger(new Request(origin)), { code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' });
  assert.equal(asked, 0);
});
