import { Agent, request as httpsRequest } from 'node:https';
import { Readable } from 'node:stream';
import type { Fetch } from './fetch.ts';

export interface HttpsFetchOptions {
  /** PEM of the authorities to trust; the system's when left out. */
  ca?: string | undefined;
  /** PEM of the client certificate and its key. */
  cert?: string | undefined;
  key?: string | undefined;
  token?: string | undefined;
  serverName?: string | undefined;
  insecureSkipTlsVerify?: boolean;
}

/** A fetch with client certificates and private authorities, which the global one has not. */
export function createHttpsFetch(options: HttpsFetchOptions): Fetch & Disposable {
  const agent = new Agent({
    keepAlive: true,
    rejectUnauthorized: !options.insecureSkipTlsVerify,
    ...(options.ca === undefined ? {} : { ca: options.ca }),
    ...(options.cert === undefined ? {} : { cert: options.cert }),
    ...(options.key === undefined ? {} : { key: options.key }),
    ...(options.serverName === undefined ? {} : { servername: options.serverName }),
  });

  const fetchOnce = async (request: Request): Promise<Response> => {
    const body = request.body === null ? undefined : Buffer.from(await request.arrayBuffer());
    const headers = Object.fromEntries(request.headers);
    if (body !== undefined) headers['content-length'] = String(body.length);
    if (options.token !== undefined) headers.authorization ??= `Bearer ${options.token}`;
    return await new Promise<Response>((resolve, reject) => {
      const outgoing = httpsRequest(
        request.url,
        { method: request.method, headers, agent, signal: request.signal },
        (incoming) => {
          const answer = new Headers();
          for (const [name, value] of Object.entries(incoming.headers)) {
            for (const item of Array.isArray(value) ? value : [value ?? '']) answer.append(name, item);
          }
          const status = incoming.statusCode ?? 500;
          const empty = status === 204 || status === 304 || request.method === 'HEAD';
          if (empty) incoming.resume();
          resolve(
            new Response(empty ? null : (Readable.toWeb(incoming) as ReadableStream), { status, headers: answer }),
          );
        },
      );
      outgoing.on('error', reject);
      outgoing.end(body);
    });
  };
  return Object.assign(fetchOnce, { [Symbol.dispose]: () => agent.destroy() });
}
