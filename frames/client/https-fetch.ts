import type { CredentialSource, Credentials } from './credentials.ts';
import type { Fetch } from './fetch.ts';
import { createHttpsConnections, type HttpsConnections } from './https-connections.ts';

export interface HttpsFetchOptions {
  /** PEM of the authorities to trust; the system's when left out. */
  ca?: string | undefined;
  /** What the user proves itself with; nothing when left out. */
  credentials?: CredentialSource | undefined;
  serverName?: string | undefined;
  insecureSkipTlsVerify?: boolean;
  /** How long a server may take until a connection stands; 30 s when left out. */
  connectTimeoutMs?: number;
}

/** A fetch with client certificates and private authorities, which the global one has not. */
export function createHttpsFetch(options: HttpsFetchOptions): Fetch & Disposable {
  const { credentials } = options;
  let current: { connections: HttpsConnections; cert: string | undefined } | undefined;
  /** Connections are kept as long as the client certificate is the same. */
  const connectionsAs = ({ cert, key }: Credentials): HttpsConnections => {
    if (current !== undefined && current.cert === cert) return current.connections;
    current?.connections[Symbol.dispose]();
    const connections = createHttpsConnections({
      rejectUnauthorized: !options.insecureSkipTlsVerify,
      connectTimeoutMs: options.connectTimeoutMs,
      ...(options.ca === undefined ? {} : { ca: options.ca }),
      ...(cert === undefined ? {} : { cert }),
      ...(key === undefined ? {} : { key }),
      ...(options.serverName === undefined ? {} : { servername: options.serverName }),
    });
    current = { connections, cert };
    return connections;
  };

  const fetchOnce = async (request: Request): Promise<Response> => {
    const body = request.body === null ? undefined : Buffer.from(await request.arrayBuffer());
    const headers = Object.fromEntries(request.headers);
    if (body !== undefined) headers['content-length'] = String(body.length);
    const shown = (await credentials?.get()) ?? {};
    if (shown.token !== undefined) headers.authorization ??= `Bearer ${shown.token}`;
    const answer = await connectionsAs(shown).send({ request, url: new URL(request.url), headers, body });
    if (answer.status === 401) credentials?.refused();
    return answer;
  };
  return Object.assign(fetchOnce, { [Symbol.dispose]: () => current?.connections[Symbol.dispose]() });
}
