import { Agent } from 'node:https';
import { isIP } from 'node:net';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import { sendByHttp1 } from './http1-request.ts';
import { type Http2Connection, RefusedError, startHttp2 } from './http2-connection.ts';
import type { Outgoing } from './https-answer.ts';

const keepAliveMs = 30_000;
const defaultConnectTimeoutMs = 30_000;

/** The connections to servers as one user: of HTTP/2 where the server speaks it, else of HTTP/1.1. */
export interface HttpsConnections extends Disposable {
  send(outgoing: Outgoing): Promise<Response>;
}

export interface HttpsConnectionOptions extends ConnectionOptions {
  /** How long a server may take until a connection stands; 30 s when left out. */
  connectTimeoutMs?: number | undefined;
}

export function createHttpsConnections(options: HttpsConnectionOptions): HttpsConnections {
  const { connectTimeoutMs = defaultConnectTimeoutMs, ...tls } = options;
  const agent = new Agent({ ...tls, keepAlive: true });
  const servers = new Map<string, Server>();
  const serverAt = (url: URL): Server => {
    const server = servers.get(url.origin) ?? createServer(url, tls, connectTimeoutMs);
    servers.set(url.origin, server);
    return server;
  };
  return {
    send: async (outgoing) => {
      const { url } = outgoing;
      if (url.protocol !== 'https:') return await sendByHttp1(agent, outgoing); // which says what is wrong with it
      const server = serverAt(url);
      const answer = await server.send(outgoing).catch((error: unknown) => {
        if (error instanceof RefusedError) return server.send(outgoing);
        throw error;
      });
      return answer ?? (await sendByHttp1(agent, outgoing));
    },
    [Symbol.dispose]: () => {
      agent.destroy();
      for (const server of servers.values()) server[Symbol.dispose]();
    },
  };
}

interface Server extends Disposable {
  /** Undefined when the server does not speak HTTP/2: nothing was sent then. */
  send(outgoing: Outgoing): Promise<Response | undefined>;
}

function createServer(url: URL, tls: ConnectionOptions, connectTimeoutMs: number): Server {
  const stop = new AbortController();
  let connections: Http2Connection[] = [];
  let opening: Promise<Http2Connection | undefined> | undefined;
  let speaksHttp2 = true;
  const open = async () => {
    try {
      const connection = await openConnection(url, tls, { connectTimeoutMs, signal: stop.signal });
      if (connection === undefined) speaksHttp2 = false;
      else connections.push(connection);
      return connection;
    } finally {
      opening = undefined;
    }
  };
  return {
    send: async (outgoing) => {
      while (speaksHttp2) {
        connections = connections.filter(({ isOver }) => !isOver);
        const free = connections.find(({ isFree }) => isFree);
        if (free !== undefined) return await free.send(outgoing);
        opening ??= open();
        await unlessAborted(opening, outgoing.request);
      }
      return undefined;
    },
    [Symbol.dispose]: () => {
      stop.abort(new Error('the connections were closed'));
      for (const connection of connections) connection[Symbol.dispose]();
    },
  };
}

/** Undefined when the server does not agree to HTTP/2. */
function openConnection(
  { origin, hostname, port }: URL,
  tls: ConnectionOptions,
  { connectTimeoutMs, signal }: { connectTimeoutMs: number; signal: AbortSignal },
): Promise<Http2Connection | undefined> {
  const host = hostname.replace(/^\[|\]$/g, '');
  return new Promise((resolve, reject) => {
    const socket = connectTls({
      host,
      port: Number(port || 443),
      ALPNProtocols: ['h2', 'http/1.1'],
      ...(isIP(host) === 0 ? { servername: host } : {}),
      ...tls,
    });
    const abort = () => void socket.destroy(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) abort();
    socket.setTimeout(connectTimeoutMs, () => {
      socket.destroy(new Error(`there is no connection to ${origin} within ${connectTimeoutMs / 1000} s`));
    });
    socket.setNoDelay(true).setKeepAlive(true, keepAliveMs);
    socket.once('error', reject);
    socket.once('close', () => reject(new Error(`the connection to ${origin} was closed`)));
    socket.once('secureConnect', () => {
      signal.removeEventListener('abort', abort);
      socket.setTimeout(0);
      if (socket.alpnProtocol === 'h2') return resolve(startHttp2(origin, socket));
      resolve(undefined);
      socket.destroy();
    });
  });
}

function unlessAborted<T>(promise: Promise<T>, request: Request): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(request.signal.reason);
    request.signal.addEventListener('abort', abort, { once: true });
    if (request.signal.aborted) abort();
    promise.then(resolve, reject).finally(() => request.signal.removeEventListener('abort', abort));
  });
}
