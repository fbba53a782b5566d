import type { Readable } from 'node:stream';

/** A request that is on its way, by whatever version of HTTP. */
export interface Outgoing {
  request: Request;
  url: URL;
  /** In lower case. */
  headers: Record<string, string>;
  body: Buffer | undefined;
}

export interface AnswerHead {
  request: Request;
  status: number;
  headers: Headers;
}

/** Answers up to this size are read whole: the streams of the web cost more than all else about a short one. */
const mostWholeBytes = 1024 * 1024;

/** An answer whose body is in `stream`. Rejects when a short one breaks off; a long one fails while it is read. */
export async function readAnswer(stream: Readable, { request, status, headers }: AnswerHead): Promise<Response> {
  if (status === 204 || status === 304 || request.method === 'HEAD') {
    stream.on('error', () => {}); // all that counts of it is there
    stream.resume();
    return new Response(null, { status, headers });
  }
  const size = Number(headers.get('content-length') ?? Number.NaN);
  const body = size <= mostWholeBytes ? await readWhole(stream, size) : toWeb(stream);
  return new Response(body, { status, headers });
}

function readWhole(stream: Readable, size: number): Promise<Uint8Array<ArrayBuffer>> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer<ArrayBuffer>[] = [];
    let left = size;
    stream.on('data', (chunk: Buffer<ArrayBuffer>) => {
      chunks.push(chunk);
      left -= chunk.length;
    });
    stream.on('error', reject);
    stream.on('end', () => {
      const [first] = chunks;
      if (left === 0) resolve(chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks));
    });
    stream.on('close', () => {
      if (left !== 0) reject(brokenOff());
    });
  });
}

function toWeb(stream: Readable): ReadableStream<Uint8Array<ArrayBuffer>> {
  let open = true;
  const end = (how: () => void) => {
    if (open) how();
    open = false;
  };
  return new ReadableStream({
    start: (controller) => {
      stream.on('data', (chunk: Buffer<ArrayBuffer>) => {
        if (!open) return;
        controller.enqueue(chunk);
        if ((controller.desiredSize ?? 0) <= 0) stream.pause();
      });
      stream.on('end', () => end(() => controller.close()));
      stream.on('error', (error) => end(() => controller.error(error)));
      stream.on('close', () => end(() => controller.error(brokenOff())));
    },
    pull: () => void stream.resume(),
    cancel: () => {
      open = false;
      stream.destroy();
    },
  });
}

const brokenOff = () => new Error('the connection was lost before the answer was complete');
