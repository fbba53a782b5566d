import type { Duplex } from 'node:stream';
import { finished } from 'node:stream/promises';
import { errorMessage } from '@croft/foundation/errors';
import type { Log } from '@croft/foundation/log';
import type { NodeStreams, PodTarget } from './node-streams.ts';
import { serveSpdy } from './spdy/connection.ts';
import type { Headers } from './spdy/headers.ts';

export const forwardProtocol = 'portforward.k8s.io';
/** The same, when its SPDY goes through a WebSocket. */
export const tunnelProtocol = `SPDY/3.1+${forwardProtocol}`;

/** Two streams make one forwarded connection: its data, and what went wrong. */
interface Pair {
  error?: Duplex;
  data?: Duplex;
}

/** Forwards connections to ports of a Pod until the client goes (portforward.k8s.io; kubelet's portforward). */
export async function servePortForward(
  node: NodeStreams,
  target: PodTarget,
  connection: Duplex,
  log: Log,
): Promise<void> {
  const gone = new AbortController();
  const pairs = new Map<string, Pair>();
  const take = (stream: Duplex, headers: Headers) => {
    const { port = '', requestid = port, streamtype } = headers;
    const pair = pairs.get(requestid) ?? {};
    pairs.set(requestid, pair);
    if (streamtype === 'error') pair.error = stream;
    else if (streamtype === 'data') pair.data = stream;
    else stream.destroy();
    const { error, data } = pair;
    if (error === undefined || data === undefined) return;
    pairs.delete(requestid);
    void forward(node, target, { port, error, data }, gone.signal);
  };
  try {
    await serveSpdy(connection, take);
  } catch (error) {
    log.debug('a port-forward broke off', { ...target, error: errorMessage(error) });
  } finally {
    gone.abort(new Error('the client went away'));
  }
}

interface Forwarded {
  port: string;
  error: Duplex;
  data: Duplex;
}

async function forward(
  node: NodeStreams,
  target: PodTarget,
  { port, error, data }: Forwarded,
  signal: AbortSignal,
): Promise<void> {
  error.resume();
  let server: Duplex;
  try {
    server = await node.connect(target, parsePort(port), signal);
  } catch (cause) {
    data.destroy();
    error.end(`error forwarding port ${port} to pod ${target.pod}: ${errorMessage(cause)}`);
    return;
  }
  await join(data, server);
  error.end();
}

/** Carries both ways until both are done; when one breaks, so does the other, and that alone tells of it. */
async function join(client: Duplex, server: Duplex): Promise<void> {
  client.pipe(server).pipe(client);
  try {
    await Promise.all([finished(client), finished(server)]);
  } catch {
    client.destroy();
    server.destroy();
  }
}

function parsePort(text: string): number {
  const port = /^\d+$/.test(text) ? Number(text) : 0;
  if (port < 1 || port > 65535) throw new Error(`"${text}" is no port: a number from 1 to 65535 is needed`);
  return port;
}
