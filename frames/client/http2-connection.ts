import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect as connectHttp2,
  constants,
  type IncomingHttpHeaders,
} from 'node:http2';
import type { TLSSocket } from 'node:tls';
import { type Outgoing, readAnswer } from './https-answer.ts';

/** One connection of HTTP/2, for many requests at once. It keeps no process alive that waits for no answer. */
export interface Http2Connection extends Disposable {
  /** Whether it can take no request ever again. */
  readonly isOver: boolean;
  /** Whether the server takes another request through it now. */
  readonly isFree: boolean;
  /** Throws RefusedError when the server has not begun with it, so that it may be sent again. */
  send(outgoing: Outgoing): Promise<Response>;
}

export class RefusedError extends Error {
  override readonly name = 'RefusedError';
}

/** So many requests at once until the server says how many it takes. */
const firstLimit = 100;
const mostAtOnce = 1000;
/** As client-go: how often a connection in use is asked whether it is alive, and how long that may go unanswered. */
const pingEveryMs = 30_000;
const pingTimeoutMs = 15_000;
const connectionWindowBytes = 8 * 1024 * 1024;
/** In MB. */
const maxSessionMemory = 512;
const settings = { enablePush: false, initialWindowSize: 1024 * 1024 };

/** Speaks HTTP/2 on a connection on which both sides have agreed to it. */
export function startHttp2(origin: string, socket: TLSSocket): Http2Connection {
  const session = connectHttp2(origin, { createConnection: () => socket, maxSessionMemory, settings });
  let limit = firstLimit;
  let taken = 0;
  let isOver = false;
  const end = () => {
    isOver = true;
    clearInterval(pings);
  };
  const pings = setInterval(() => {
    if (taken > 0) ping(session);
  }, pingEveryMs).unref();
  session.on('connect', () => session.setLocalWindowSize(connectionWindowBytes));
  session.on('remoteSettings', ({ maxConcurrentStreams = mostAtOnce }) => {
    limit = Math.min(maxConcurrentStreams, mostAtOnce);
  });
  session.on('error', end); // each of its requests is told, too
  session.on('goaway', end);
  session.on('close', end);
  session.unref();

  return {
    get isOver() {
      return isOver || session.closed || session.destroyed;
    },
    get isFree() {
      return !this.isOver && taken < limit;
    },
    send: (outgoing) =>
      new Promise((resolve, reject) => {
        const stream = session.request(headersOf(outgoing), { endStream: outgoing.body === undefined });
        if (taken === 0) session.ref();
        taken += 1;
        stream.once('close', () => {
          taken -= 1;
          if (taken === 0) session.unref();
        });
        follow(stream, outgoing, resolve, reject);
        if (outgoing.body !== undefined) stream.end(outgoing.body);
      }),
    [Symbol.dispose]: () => {
      end();
      session.destroy();
    },
  };
}

/** A server that is gone without a word is noticed by its silence. */
function ping(session: ClientHttp2Session): void {
  const lost = setTimeout(() => session.destroy(new Error('the server no longer answers')), pingTimeoutMs).unref();
  session.ping(() => clearTimeout(lost));
}

function headersOf({ request, url, headers }: Outgoing) {
  const { connection: _, 'keep-alive': __, ...rest } = headers; // they are of HTTP/1
  return { ':method': request.method, ':path': `${url.pathname}${url.search}`, ...rest };
}

function follow(
  stream: ClientHttp2Stream,
  { request }: Outgoing,
  resolve: (answer: Promise<Response>) => void,
  reject: (reason: unknown) => void,
): void {
  const abort = () => {
    reject(request.signal.reason);
    stream.close(constants.NGHTTP2_CANCEL);
    stream.destroy(request.signal.reason);
  };
  request.signal.addEventListener('abort', abort, { once: true });
  if (request.signal.aborted) abort();
  let answered = false;
  stream.once('response', (incoming) => {
    answered = true;
    const status = incoming[':status'] ?? 500;
    resolve(readAnswer(stream, { request, status, headers: webHeaders(incoming) }));
  });
  stream.on('error', (error) => reject(wasRefused(stream) ? new RefusedError(error.message, { cause: error }) : error));
  stream.once('close', () => {
    // The request is named here as its signal would follow no other one without it.
    request.signal.removeEventListener('abort', abort);
    if (answered) return;
    reject(wasRefused(stream) ? new RefusedError('refused') : new Error('the connection was lost'));
  });
}

function wasRefused({ rstCode }: ClientHttp2Stream): boolean {
  return rstCode === constants.NGHTTP2_REFUSED_STREAM;
}

function webHeaders(incoming: IncomingHttpHeaders): Headers {
  const headers = new Headers();
  for (const [name, value = ''] of Object.entries(incoming)) {
    if (name.startsWith(':')) continue;
    for (const item of Array.isArray(value) ? value : [value]) headers.append(name, item);
  }
  return headers;
}
