import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { test } from 'node:test';
import { createAuthority, issueCertificate } from '@croft/foundation/certificates';
import { startTestServer } from '../testing/http-server.ts';
import { fetchFile } from './fetch-file.ts';
import { sendRequest } from './request.ts';

test('servers are reached through the proxy that the environment names', async () => {
  const nowMs = Date.now();
  const authority = createAuthority('test', nowMs);
  const leaf = issueCertificate(authority, { commonName: 'x', hosts: ['127.0.0.1'], nowMs, days: 1 });
  await using plain = await startTestServer((_request, response) => void response.end('plain'));
  await using secure = await startTestServer((_request, response) => void response.end('secure'), leaf);
  await using proxy = await startProxy();
  const tls = { ca: authority.certificate };
  const proxyEnv = { HTTP_PROXY: proxy.url, HTTPS_PROXY: proxy.url };
  const fetch = async (url: string, env: NodeJS.ProcessEnv) =>
    (await fetchFile(`${url}/file`, 100, { tls, proxyEnv: env })).toString();
  assert.equal(await fetch(plain.url, proxyEnv), 'plain');
  assert.equal(await fetch(secure.url, proxyEnv), 'secure');
  assert.deepEqual(proxy.seen, [`GET ${plain.url}/file`, `CONNECT ${new URL(secure.url).host}`]);
  assert.equal(await fetch(plain.url, { ...proxyEnv, NO_PROXY: '127.0.0.1' }), 'plain');
  assert.equal(await fetch(plain.url, {}), 'plain');
  assert.equal(proxy.seen.length, 2);
});

/** A proxy that passes on what is plain, and tunnels the rest. */
async function startProxy(): Promise<{ url: string; seen: string[] } & AsyncDisposable> {
  const seen: string[] = [];
  const sockets: Duplex[] = [];
  const server = createServer((request, response) => {
    seen.push(`${request.method} ${request.url}`);
    fetchFile(request.url ?? '', 100).then(
      (body) => response.end(body),
      () => response.writeHead(502).end(),
    );
  });
  server.on('connect', (request, socket) => {
    seen.push(`CONNECT ${request.url}`);
    sockets.push(socket);
    const { hostname, port } = new URL(`http://${request.url}`);
    const target = connect(Number(port), hostname, () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      socket.pipe(target).pipe(socket);
    });
    target.on('error', () => socket.destroy());
    socket.on('error', () => target.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    seen,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

test('a body goes along where a redirection says so, and nowhere else', async () => {
  await using server = await startTestServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      if (request.url === '/307') response.writeHead(307, { location: '/end' }).end();
      else if (request.url === '/302') response.writeHead(302, { location: '/end' }).end();
      else response.end(`${request.method} ${Buffer.concat(chunks)}`);
    });
  });
  const post = async (path: string) => {
    const response = await sendRequest({ url: `${server.url}${path}`, method: 'POST', body: Buffer.from('hello') }, {});
    const parts: Buffer[] = [];
    for await (const part of response.body) parts.push(part);
    return `${response.status} ${Buffer.concat(parts)}`;
  };
  assert.equal(await post('/307'), '200 POST hello');
  assert.equal(await post('/302'), '302 ');
});
