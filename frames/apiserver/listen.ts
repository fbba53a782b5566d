import type { IncomingMessage, ServerResponse } from 'node:http';
import { createSecureServer, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2';
import type { AddressInfo, Socket } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { TLSSocket } from 'node:tls';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { errorMessage } from '@croft/foundation/errors';
import type { Log } from '@croft/foundation/log';
import { tooLarge } from './failures.ts';
import {
  type ApiRequest,
  type ApiResponse,
  type CertificateSubject,
  maxBodyBytes,
  type StreamBody,
} from './request.ts';

export interface ListenOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly tls: { readonly certificate: string; readonly key: string; readonly clientAuthority: string };
  readonly log: Log;
  handle(request: ApiRequest): Promise<ApiResponse>;
  /** Takes over a connection that asks for another protocol (exec, attach, port-forward). */
  upgrade?(request: ApiRequest, raw: IncomingMessage, socket: Socket, head: Buffer): void;
}

export interface Listener extends AsyncDisposable {
  readonly port: number;
}

type AnyRequest = IncomingMessage | Http2ServerRequest;
type AnyResponse = ServerResponse | Http2ServerResponse;

/** MB of answers that may wait on one connection of HTTP/2: Node refuses further requests on it beyond that. */
const maxSessionMemory = 512;

/** One HTTPS listener for HTTP/1.1 and HTTP/2. */
export async function listen(options: ListenOptions): Promise<Listener> {
  const { tls, log } = options;
  const server = createSecureServer({
    cert: tls.certificate,
    key: tls.key,
    ca: tls.clientAuthority,
    requestCert: true,
    rejectUnauthorized: false,
    allowHTTP1: true,
    maxSessionMemory,
    settings: { maxConcurrentStreams: 1000, initialWindowSize: 1024 * 1024 },
  });
  const sockets = new Set<Socket>();
  server.on('secureConnection', (socket) => {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('close', () => sockets.delete(socket));
  });
  server.on('request', (incoming, outgoing) => {
    void answer(options, incoming, outgoing as AnyResponse);
  });
  server.on('upgrade', (incoming: IncomingMessage, socket: Socket, head: Buffer) => {
    socket.on('error', (error) => log.debug('an upgraded connection failed', { error }));
    if (options.upgrade === undefined) socket.end('HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n');
    else options.upgrade(fromNode(incoming), incoming, socket, head);
  });
  server.on('tlsClientError', (error) => log.debug('a TLS handshake failed', { error: errorMessage(error) }));
  server.on('sessionError', (error) => log.debug('an HTTP/2 session failed', { error: errorMessage(error) }));
  server.setTimeout(0);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

async function answer(options: ListenOptions, incoming: AnyRequest, outgoing: AnyResponse): Promise<void> {
  try {
    const response = await options.handle(fromNode(incoming));
    await send(response, incoming, outgoing);
  } catch (error) {
    // Nothing is left to say to this client: it went away, or the answer broke off half-way.
    options.log.debug('an answer could not be sent', { path: incoming.url, error: errorMessage(error) });
    outgoing.destroy();
  }
}

export function fromNode(incoming: AnyRequest): ApiRequest {
  const url = incoming.url ?? '/';
  const mark = url.indexOf('?');
  let query: URLSearchParams | undefined;
  let subject: CertificateSubject | undefined | null = null;
  return {
    method: incoming.method ?? 'GET',
    path: mark < 0 ? url : url.slice(0, mark),
    get query() {
      query ??= new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1));
      return query;
    },
    header: (name) => headerOf(incoming, name),
    headerNames: () => Object.keys(incoming.headers),
    get address() {
      return incoming.socket?.remoteAddress;
    },
    readBody: () => readBody(incoming),
    get certificate() {
      if (subject === null) subject = subjectOf(incoming);
      return subject;
    },
    toWeb: () => toWebRequest(incoming, url),
  };
}

function headerOf(incoming: AnyRequest, name: string): string | undefined {
  const value = incoming.headers[name] ?? (name === 'host' ? incoming.headers[':authority'] : undefined);
  return Array.isArray(value) ? value.join(', ') : value;
}

function readBody(incoming: AnyRequest): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    incoming.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= maxBodyBytes) chunks.push(chunk);
    });
    incoming.on('end', () => {
      if (size > maxBodyBytes) return reject(tooLarge(maxBodyBytes));
      const whole = chunks.splice(0); // the request lives on until it is answered; its body need not
      resolve(whole.length === 1 ? (whole[0] as Buffer) : Buffer.concat(whole));
    });
    incoming.on('error', reject);
    incoming.on('aborted', () => reject(new Error('the client went away')));
  });
}

const subjects = new WeakMap<object, CertificateSubject | null>();

/** Who the client certificate of a connection names; asked once a connection, as reading it is slow. */
function subjectOf(incoming: AnyRequest): CertificateSubject | undefined {
  const stream = 'stream' in incoming ? incoming.stream : undefined;
  const session =
    stream !== undefined && 'session' in stream ? (stream.session as { socket: TLSSocket } | undefined) : undefined;
  const owner: object = session ?? incoming.socket;
  let subject = subjects.get(owner);
  if (subject === undefined) {
    subject = readSubject((session?.socket ?? incoming.socket) as TLSSocket);
    subjects.set(owner, subject);
  }
  return subject ?? undefined;
}

function readSubject(socket: TLSSocket): CertificateSubject | null {
  if (socket.authorized !== true) return null;
  const { subject, fingerprint256 } = socket.getPeerCertificate();
  if (subject === undefined) return null;
  const list = (value: string | string[] | undefined) =>
    value === undefined ? [] : Array.isArray(value) ? value : [value];
  const fingerprint = fingerprint256.replaceAll(':', '').toLowerCase();
  return { commonName: list(subject.CN)[0] ?? '', organizations: list(subject.O), fingerprint };
}

function toWebRequest(incoming: AnyRequest, url: string): Request {
  const headers = new Headers();
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (name.startsWith(':') || value === undefined) continue;
    for (const item of Array.isArray(value) ? value : [value]) headers.append(name, item);
  }
  const method = incoming.method ?? 'GET';
  const init: RequestInit = { method, headers };
  if (method !== 'GET' && method !== 'HEAD') {
    Object.assign(init, { body: Readable.toWeb(incoming), duplex: 'half' });
  }
  return new Request(`https://${headerOf(incoming, 'host') ?? 'localhost'}${url}`, init);
}

const zip = promisify(gzip);
/** Smaller answers are not worth the work, as in Kubernetes. */
const zipFromBytes = 128 * 1024;

async function send(response: ApiResponse, incoming: AnyRequest, outgoing: AnyResponse): Promise<void> {
  const { status, headers, body } = response;
  outgoing.statusCode = status;
  for (const name in headers) outgoing.setHeader(name, headers[name] as string);
  if (typeof body === 'function') return stream(body, incoming, outgoing);
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

/** A client that lets so much pile up unread is cut off: it will connect again and list. */
const maxUnreadBytes = 64 * 1024 * 1024;

const framed = new WeakMap<Uint8Array, Buffer>();

/** A chunk of HTTP/1.1's chunked coding (RFC 9112, section 7.1). */
function frameOf(chunk: Uint8Array): Buffer {
  let frame = framed.get(chunk);
  if (frame === undefined) {
    frame = Buffer.concat([Buffer.from(`${chunk.length.toString(16)}\r\n`), chunk, lineBreak]);
    framed.set(chunk, frame);
  }
  return frame;
}

const lineBreak = Buffer.from('\r\n');

/** What is written in one go of the program is sent in one piece. */
function gatherWrites(output: ServerResponse): () => void {
  let gathers = false;
  return () => {
    if (gathers) return;
    gathers = true;
    output.cork();
    process.nextTick(() => {
      gathers = false;
      output.uncork();
    });
  };
}

function stream(body: StreamBody, incoming: AnyRequest, outgoing: AnyResponse): void {
  const output = outgoing as ServerResponse;
  output.flushHeaders?.();
  let open = true;
  let running: Disposable | undefined;
  const stop = () => {
    open = false;
    running?.[Symbol.dispose]();
  };
  outgoing.on('close', stop);
  incoming.resume();
  const frames = output.chunkedEncoding === true;
  // Events are framed once for all who watch, not once for each by Node.
  if (frames) output.chunkedEncoding = false;
  const gather = gatherWrites(output);
  running = body({
    write: (chunk) => {
      if (!open || chunk.length === 0) return open;
      if (output.writableLength > maxUnreadBytes) {
        stop();
        outgoing.destroy();
        return false;
      }
      gather();
      return output.write(frames ? frameOf(chunk) : chunk);
    },
    end: () => {
      if (frames) output.chunkedEncoding = true;
      if (open) output.end();
      stop();
    },
  });
  if (!open) running[Symbol.dispose]();
}
