import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { errorMessage } from '@croft/foundation/errors';
import type { Log } from '@croft/foundation/log';

export interface ListenOptions {
  host: string;
  /** 0 takes a free one. */
  port: number;
  log: Log;
  handle: Handle;
}

type Handle = (request: Request) => Promise<Response>;

export interface RequestListener extends AsyncDisposable {
  readonly port: number;
}

/** Serves short requests over HTTP, with the limits of Flux's receiver server. Rejects when the port is taken. */
export async function listenForRequests(options: ListenOptions): Promise<RequestListener> {
  const limits = { maxHeaderSize: 256 * 1024, headersTimeout: 10_000, requestTimeout: 30_000 };
  const server = createServer(limits, (incoming, outgoing) => {
    answer(options.handle, incoming, outgoing).catch((error) => {
      options.log.debug('a request could not be answered', { error: errorMessage(error) });
      outgoing.destroy(); // the sender went away
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    port,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function answer(handle: Handle, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const response = await handle(toRequest(incoming));
  // What was not read of a body that is too long is not waited for.
  if (!incoming.complete) response.headers.set('connection', 'close');
  outgoing.writeHead(response.status, Object.fromEntries(response.headers));
  outgoing.end(await response.text());
}

function toRequest(incoming: IncomingMessage): Request {
  const headers = new Headers();
  for (const [name, values = []] of Object.entries(incoming.headersDistinct))
    for (const value of values) headers.append(name, value);
  const { method = 'GET' } = incoming;
  const path = incoming.url?.startsWith('/') ? incoming.url : '/';
  const bare = method === 'GET' || method === 'HEAD';
  const init = bare ? { method, headers } : { method, headers, body: Readable.toWeb(incoming), duplex: 'half' };
  return new Request(`http://localhost${path}`, init as RequestInit);
}
