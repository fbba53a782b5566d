import { Agent, request as httpsRequest } from 'node:https';
import { Readable } from 'node:stream';
import type { CredentialSource, Credentials } from './credentials.ts';
import type { Fetch } from './fetch.ts';

export interface HttpsFetchOptions {
  /** PEM of the authorities to trust; the system's when left out. */
  ca?: string | undefined;
  /** What the user proves itself with; nothing when left out. */
  credentials?: CredentialSource | undefined;
  serverName?: string | undefined;
  insecureSkipTlsVerify?: boolean;
}

/** A fetch with client certificates and private authorities, which the global one has not. */
export function createHttpsFetch(options: HttpsFetchOptions): Fetch & Disposable {
  const { credentials } = options;
  let current: { agent: Agent; cert: string | undefined } | undefined;
  /** Connections are kept as long as the client certificate is the same. */
  const agentFor = ({ cert, key }: Credentials): Agent => {
    if (current !== undefined && current.cert === cert) return current.agent;
    current?.agent.destroy();
    const agent = new Agent({
      keepAlive: true,
      rejectUnauthorized: !options.insecureSkipTlsVerify,
      ...(options.ca === undefined ? {} : { ca: options.ca }),
      ...(cert === undefined ? {} : { cert }),
      ...(key === undefined ? {} : { key }),
      ...(options.serverName === undefined ? {} : { servername: options.serverName }),
    });
    current = { agent, cert };
    return agent;
  };

  const fetchOnce = async (request: Request): Promise<Response> => {
    const body = request.body === null ? undefined : Buffer.from(await request.arrayBuffer());
    const headers = Object.fromEntries(request.headers);
    if (body !== undefined) headers['content-length'] = String(body.length);
    const shown = (await credentials?.get()) ?? {};
    if (shown.token !== undefined) headers.authorization ??= `Bearer ${shown.token}`;
    const agent = agentFor(shown);
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
          if (status === 401) credentials?.refused();
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
  return Object.assign(fetchOnce, { [Symbol.dispose]: () => current?.agent.destroy() });
}
