import type { IncomingMessage } from 'node:http';
import { createSecureServer } from 'node:http2';
import type { AddressInfo, Socket } from 'node:net';
import { errorMessage } from '@croft/foundation/errors';
import type { Log } from '@croft/foundation/log';
import { type AnyRequest, type AnyResponse, fromNode } from './http/incoming.ts';
import { send } from './http/send.ts';
import type { ApiRequest, ApiResponse } from './request.ts';

export interface ListenOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly tls: { readonly certificate: string; readonly key: string; readonly clientAuthority: string };
  readonly log: Log;
  handle(request: ApiRequest): Promise<ApiResponse>;
  /** Takes over a connection that asks for another protocol (exec, attach, port-forward). */
  upgrade?(request: ApiRequest, raw: IncomingMessage, socket: Socket, head: Buffer): void;
}

export interface Listener extends AsyncDisposable {
  readonly port: number;
}

/** MB of answers that may wait on one connection of HTTP/2: Node refuses further requests on it beyond that. */
const maxSessionMemory = 512;

/** One HTTPS listener for HTTP/1.1 and HTTP/2. */
export async function listen(options: ListenOptions): Promise<Listener> {
  const { tls, log } = options;
  const server = createSecureServer({
    cert: tls.certificate,
    key: tls.key,
    ca: tls.clientAuthority,
    requestCert: true,
    rejectUnauthorized: false,
    allowHTTP1: true,
    maxSessionMemory,
    settings: { maxConcurrentStreams: 1000, initialWindowSize: 1024 * 1024 },
  });
  const sockets = new Set<Socket>();
  server.on('secureConnection', (socket) => {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('close', () => sockets.delete(socket));
  });
  server.on('request', (incoming, outgoing) => {
    void answer(options, incoming, outgoing as AnyResponse);
  });
  server.on('upgrade', (incoming: IncomingMessage, socket: Socket, head: Buffer) => {
    socket.on('error', (error) => log.debug('an upgraded connection failed', { error }));
    if (options.upgrade === undefined) socket.end('HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n');
    else options.upgrade(fromNode(incoming), incoming, socket, head);
  });
  server.on('tlsClientError', (error) => log.debug('a TLS handshake failed', { error: errorMessage(error) }));
  server.on('sessionError', (error) => log.debug('an HTTP/2 session failed', { error: errorMessage(error) }));
  server.setTimeout(0);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

async function answer(options: ListenOptions, incoming: AnyRequest, outgoing: AnyResponse): Promise<void> {
  try {
    const response = await options.handle(fromNode(incoming));
    await send(response, incoming, outgoing);
  } catch (error) {
    // Nothing is left to say to this client: it went away, or the answer broke off half-way.
    options.log.debug('an answer could not be sent', { path: incoming.url, error: errorMessage(error) });
    outgoing.destroy();
  }
}
