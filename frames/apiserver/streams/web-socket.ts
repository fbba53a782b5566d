import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import { badRequest } from '../failures.ts';

const longestMessage = 32 * 1024 * 1024;
const keepAliveMs = 30_000;

/**
 * Answers the client's handshake with the first of `protocols` that it offers. Throws 400 when it offers none of them, or
 * does not ask for a WebSocket; nothing is sent then.
 */
export async function acceptWebSocket(
  request: IncomingMessage,
  socket: Socket,
  head: Buffer,
  protocols: readonly string[],
): Promise<WebSocket> {
  const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
  const chosen = protocols.find((name) => offered.includes(name));
  if (chosen === undefined) {
    throw badRequest(`no protocol in common: this server speaks ${protocols.join(', ')}`);
  }
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: longestMessage,
  });
  // Names like SPDY/3.1+portforward.k8s.io are no tokens, so the library would refuse them: it never sees any.
  delete request.headers['sec-websocket-protocol'];
  server.on('headers', (headers) => headers.push(`sec-websocket-protocol: ${chosen}`));
  socket.setKeepAlive(true, keepAliveMs); // tells of clients that vanished
  return await new Promise((resolve, reject) => {
    server.once('wsClientError', (error) => reject(badRequest(error.message)));
    socket.once('close', () => reject(new Error('the client went away')));
    server.handleUpgrade(request, socket, head, resolve);
  });
}
