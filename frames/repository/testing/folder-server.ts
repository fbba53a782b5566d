import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join, normalize } from 'node:path';
import type { Credentials } from '../http/connection.ts';
import { basicAuth } from '../http/connection.ts';
import { startTestServer, type TestServer } from './http-server.ts';

/** Serves the files of a folder with ETags, to one user or to all. */
export async function serveFolder(folder: string, user?: Credentials): Promise<TestServer> {
  return await startTestServer((request, response) => {
    if (user !== undefined && request.headers.authorization !== basicAuth(user)) {
      response.writeHead(401).end();
      return;
    }
    const path = normalize(decodeURIComponent(new URL(request.url ?? '/', 'http://t').pathname));
    readFile(join(folder, path)).then(
      (data) => {
        const etag = `"${createHash('sha256').update(data).digest('hex')}"`;
        const same = request.headers['if-none-match'] === etag;
        response.writeHead(same ? 304 : 200, { etag }).end(same ? undefined : data);
      },
      () => response.writeHead(404).end(),
    );
  });
}
