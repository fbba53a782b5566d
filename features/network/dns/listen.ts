import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { withLength } from './forward.ts';
import { type Responder, respond } from './respond.ts';

const idleMs = 10_000;
const mostConnections = 512;

export interface ListenOptions {
  address: string;
  port: number;
  source: Responder;
  onError(error: unknown): void;
}

/**
 * Answers on UDP and TCP. The ports are shared (SO_REUSEPORT), so that a newer program takes over from an older one
 * without a gap.
 */
export async function listenForQueries(options: ListenOptions): Promise<AsyncDisposable> {
  const { address, port, source, onError } = options;
  const udp = createSocket({ type: 'udp4', reusePort: true });
  udp.on('error', onError);
  udp.on('message', (message, from) => {
    respond(message, 'udp', source).then((response) => {
      if (response !== undefined) udp.send(response, from.port, from.address);
    }, onError);
  });
  const tcp = createServer((socket) => serveStream(socket, source, onError));
  tcp.maxConnections = mostConnections;
  await Promise.all([
    once(udp.bind({ address, port, exclusive: true }), 'listening'),
    once(tcp.listen({ host: address, port, reusePort: true }), 'listening'),
  ]);
  tcp.on('error', onError);
  return {
    [Symbol.asyncDispose]: async () => {
      udp.close();
      tcp.close();
    },
  };
}

function serveStream(socket: Socket, source: Responder, onError: (error: unknown) => void): void {
  let received: Buffer = Buffer.alloc(0);
  socket.setTimeout(idleMs, () => socket.destroy());
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk) => {
    received = Buffer.concat([received, chunk]);
    while (received.length >= 2 && received.length >= 2 + received.readUInt16BE(0)) {
      const message = received.subarray(2, 2 + received.readUInt16BE(0));
      received = received.subarray(2 + message.length);
      respond(message, 'tcp', source).then((response) => {
        if (response !== undefined && socket.writable) socket.write(withLength(response));
      }, onError);
    }
  });
}
