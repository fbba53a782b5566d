import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { badRequest } from '../../failures.ts';

const versionHeader = 'x-stream-protocol-version';

/** Whether a client asks for SPDY itself, as kubectl before 1.30 does and later ones where WebSockets are refused. */
export function asksForSpdy({ headers }: IncomingMessage): boolean {
  return (headers.upgrade ?? '').toLowerCase() === 'spdy/3.1';
}

/** Leaves HTTP for SPDY/3.1 with the first of `protocols` that the client offers. Throws 400 when it offers none. */
export function acceptSpdy(
  { headers }: IncomingMessage,
  socket: Socket,
  head: Buffer,
  protocols: readonly string[],
): Socket {
  const offered = String(headers[versionHeader] ?? '')
    .split(',')
    .map((name) => name.trim());
  const chosen = protocols.find((name) => offered.includes(name));
  if (chosen === undefined) {
    throw badRequest(`no protocol in common: this server speaks ${protocols.join(', ')}`);
  }
  const lines = ['HTTP/1.1 101 Switching Protocols', 'connection: Upgrade', 'upgrade: SPDY/3.1'];
  socket.write(`${[...lines, `${versionHeader}: ${chosen}`].join('\r\n')}\r\n\r\n`);
  if (head.length > 0) socket.unshift(head);
  return socket;
}
