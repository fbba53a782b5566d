import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { errorMessage, hasErrorCode } from '@croft/foundation/errors';
import { writeFileAtomic } from '@croft/foundation/files';
import type { Log } from '@croft/foundation/log';

export interface ArtifactServer extends AsyncDisposable {
  /** `http://127.0.0.1:40123`; rejects when no port could be had. */
  origin(): Promise<string>;
}

const host = '127.0.0.1';
const portFile = 'port';
const kept = /^\/[a-z]+\/[a-z0-9.-]+\/[a-z0-9.-]+\/sha256-([0-9a-f]{64})\.[a-z.]+$/;

/**
 * Serves the artifacts below a folder on this machine, as Flux's source-controller does for the other controllers. The
 * port is a free one; the same again at the next start, if it is still free. An artifact never changes: its ETag and its
 * Repr-Digest (RFC 9530) are those of its contents.
 */
export function startArtifactServer(root: string, log: Log): ArtifactServer {
  const server = createServer((request, response) => {
    answer(root, request, response).catch((error) => {
      log.warn('an artifact could not be served', { path: request.url, error: errorMessage(error) });
      response.destroy();
    });
  });
  const listening = listen(server, root);
  listening.catch((error) => log.error('artifacts are not served', { error: errorMessage(error) }));
  return {
    origin: () => listening,
    [Symbol.asyncDispose]: async () => {
      await listening.catch(() => {});
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function listen(server: Server, root: string): Promise<string> {
  const path = join(root, portFile);
  const last = await readFile(path, 'utf8').then(Number, () => 0);
  await tryPort(server, last).catch(() => tryPort(server, 0));
  const { port } = server.address() as AddressInfo;
  if (port !== last) await writeFileAtomic(path, `${port}\n`);
  return `http://${host}:${port}`;
}

async function tryPort(server: Server, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

async function answer(root: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const refuse = (status: number, message: string) => response.writeHead(status).end(`${message}\n`);
  if (request.method !== 'GET' && request.method !== 'HEAD') return void refuse(405, 'only GET and HEAD');
  const { pathname } = new URL(request.url ?? '/', 'http://localhost');
  const digest = kept.exec(pathname)?.[1];
  const size = digest === undefined ? undefined : await findSize(join(root, pathname));
  if (digest === undefined || size === undefined) return void refuse(404, 'there is no such artifact');
  response.writeHead(200, {
    'content-type': 'application/octet-stream',
    'content-length': size,
    etag: `"sha256:${digest}"`,
    'repr-digest': `sha-256=:${Buffer.from(digest, 'hex').toString('base64')}:`,
  });
  if (request.method === 'HEAD') return void response.end();
  await pipeline(createReadStream(join(root, pathname)), response);
}

async function findSize(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}
