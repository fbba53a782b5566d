import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Log } from '@croft/foundation/log';
import { createWebSocketStream } from 'ws';
import { channelProtocols, openChannels } from './channels.ts';
import { forwardProtocol, tunnelProtocol } from './port-forward.ts';
import type { ProcessConnection } from './process-connection.ts';
import type { ProcessOptions } from './process-options.ts';
import { acceptSpdy, asksForSpdy } from './spdy/accept.ts';
import { openSpdyProcess, processProtocols } from './spdy/process-streams.ts';
import { acceptWebSocket } from './web-socket.ts';

/** A connection that a client wants to use for another protocol. */
export interface Upgrade {
  readonly raw: IncomingMessage;
  readonly socket: Socket;
  readonly head: Buffer;
}

/** A process' streams over WebSocket or SPDY, whichever the client asks for. Throws 400 before anything is sent. */
export async function acceptProcess(
  { raw, socket, head }: Upgrade,
  options: ProcessOptions,
  log: Log,
): Promise<() => Promise<ProcessConnection>> {
  if (asksForSpdy(raw)) {
    const connection = acceptSpdy(raw, socket, head, processProtocols);
    return () => openSpdyProcess(connection, options, log);
  }
  const webSocket = await acceptWebSocket(raw, socket, head, channelProtocols);
  const connection = openChannels(webSocket, options);
  return async () => connection;
}

/** The bytes of SPDY for port-forward: plain, or through a WebSocket. Throws 400 before anything is sent. */
export async function acceptTunnel({ raw, socket, head }: Upgrade): Promise<Duplex> {
  if (asksForSpdy(raw)) return acceptSpdy(raw, socket, head, [forwardProtocol]);
  return createWebSocketStream(await acceptWebSocket(raw, socket, head, [tunnelProtocol]));
}
