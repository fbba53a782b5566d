import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createAuthority, issueCertificate } from '@croft/foundation/certificates';

export interface GitHttp extends AsyncDisposable {
  url: string;
  /** Of the authority that the server's certificate is from; '' without TLS. */
  ca: string;
}

/** Serves the repositories below a folder by `git http-backend`, to those who send this Authorization header. */
export async function startGitHttp(root: string, authorization?: string, { tls = false } = {}): Promise<GitHttp> {
  const handle = (request: IncomingMessage, response: ServerResponse) => {
    if (authorization === undefined || request.headers.authorization === authorization)
      return serve(root, request, response);
    response.writeHead(401, { 'www-authenticate': 'Basic realm="test"' }).end();
  };
  const nowMs = Date.now();
  const authority = createAuthority('test', nowMs);
  const leaf = issueCertificate(authority, { commonName: 'git', hosts: ['127.0.0.1'], nowMs, days: 1 });
  const server = tls ? createTlsServer({ cert: leaf.certificate, key: leaf.key }, handle) : createServer(handle);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http${tls ? 's' : ''}://127.0.0.1:${port}`,
    ca: tls ? authority.certificate : '',
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function serve(root: string, request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const { headers } = request;
  const backend = spawn('git', ['-c', 'safe.directory=*', 'http-backend'], {
    env: {
      PATH: process.env.PATH,
      GIT_PROJECT_ROOT: root,
      GIT_HTTP_EXPORT_ALL: '1',
      PATH_INFO: url.pathname,
      QUERY_STRING: url.search.slice(1),
      REQUEST_METHOD: request.method,
      CONTENT_TYPE: headers['content-type'],
      HTTP_CONTENT_ENCODING: headers['content-encoding'],
      GIT_PROTOCOL: headers['git-protocol']?.toString(),
    },
  });
  request.pipe(backend.stdin);
  backend.stdin.on('error', () => {}); // it may answer before it has read all
  const chunks: Buffer[] = [];
  backend.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  backend.on('close', () => {
    const answer = Buffer.concat(chunks);
    const end = answer.indexOf('\r\n\r\n');
    const fields = answer.subarray(0, Math.max(end, 0)).toString('latin1').split('\r\n');
    const pairs = fields.map((line) => line.split(/: (.*)/s).slice(0, 2) as [string, string]);
    const status = pairs.find(([name]) => name === 'Status')?.[1] ?? '200';
    response.writeHead(
      Number.parseInt(status, 10),
      Object.fromEntries(pairs.filter(([name]) => name !== 'Status' && name !== '')),
    );
    response.end(answer.subarray(end + 4));
  });
}
