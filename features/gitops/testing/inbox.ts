import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';

export interface Received {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

/** A server that takes what is sent to it, as the receiving end of notifications. */
export interface Inbox {
  url: string;
  received: readonly Received[];
  /** Resolves with the next request that was not given out yet; rejects after 30 s. */
  next(): Promise<Received>;
}

/** `answer` gives the status, and text, for the n-th request (from 0). */
export async function startInbox(
  t: TestContext,
  answer: (index: number) => { status: number; body?: string; headers?: Record<string, string> } = () => ({
    status: 200,
  }),
): Promise<Inbox> {
  const received: Received[] = [];
  let given = 0;
  let wake = Promise.withResolvers<void>();
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { method = '', url = '', headers } = request;
    const { status, body = '', headers: told } = answer(received.length);
    received.push({ method, path: url, headers, body: Buffer.concat(chunks).toString('utf8') });
    response.writeHead(status, told).end(body);
    wake.resolve();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    next: async () => {
      const late = Promise.withResolvers<never>();
      const timer = setTimeout(() => late.reject(new Error(`${received.length} requests came, no more`)), 30_000);
      try {
        while (received.length <= given) {
          wake = Promise.withResolvers();
          await Promise.race([wake.promise, late.promise]);
        }
      } finally {
        clearTimeout(timer);
      }
      return received[given++] as Received;
    },
  };
}
