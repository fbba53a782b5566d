import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { ApiResponse } from '../request.ts';
import { type AnyRequest, type AnyResponse, headerOf } from './incoming.ts';
import { sendStream } from './send-stream.ts';

const zip = promisify(gzip);
/** Smaller answers are not worth the work, as in Kubernetes. */
const zipFromBytes = 128 * 1024;

/** Sends an answer, zipped where that is asked for and worth it; resolves when it is handed over. */
export async function send(response: ApiResponse, incoming: AnyRequest, outgoing: AnyResponse): Promise<void> {
  const { status, headers, body } = response;
  outgoing.statusCode = status;
  for (const name in headers) outgoing.setHeader(name, headers[name] as string);
  if (typeof body === 'function') return sendStream(body, incoming, outgoing);
  if (body instanceof ReadableStream) {
    await pipeline(Readable.fromWeb(body as Parameters<typeof Readable.fromWeb>[0]), outgoing);
    return;
  }
  let content = body ?? '';
  if (content.length >= zipFromBytes && /\bgzip\b/.test(headerOf(incoming, 'accept-encoding') ?? '')) {
    content = await zip(content, { level: 1 });
    outgoing.setHeader('content-encoding', 'gzip');
    outgoing.setHeader('vary', 'accept-encoding');
  }
  // A text is handed over as it is: Node then sends it in one piece with the headers.
  outgoing.setHeader('content-length', Buffer.byteLength(content));
  const bare = incoming.method === 'HEAD' || status === 204 || status === 304;
  (outgoing as ServerResponse).end(bare ? undefined : content);
}
