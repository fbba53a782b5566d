import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { errorMessage } from '@croft/foundation/errors';
import type { Log } from '@croft/foundation/log';
import type { HandleWebhook } from './handle-webhook.ts';

export interface WebhookListenerOptions {
  host: string;
  /** 0 takes a free one. */
  port: number;
  log: Log;
  handle: HandleWebhook;
}

export interface WebhookListener extends AsyncDisposable {
  readonly port: number;
}

/** Serves webhooks over HTTP, with the limits of Flux's receiver server. Rejects when the port is taken. */
export async function listenForWebhooks(options: WebhookListenerOptions): Promise<WebhookListener> {
  const limits = { maxHeaderSize: 256 * 1024, headersTimeout: 10_000, requestTimeout: 30_000 };
  const server = createServer(limits, (incoming, outgoing) => {
    answer(options.handle, incoming, outgoing).catch((error) => {
      options.log.debug('a webhook could not be answered', { error: errorMessage(error) });
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

async function answer(handle: HandleWebhook, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
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
  return new Request(`http://webhooks${path}`, init as RequestInit);
}
