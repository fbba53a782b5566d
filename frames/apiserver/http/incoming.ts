import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2';
import { Readable } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import { tooLarge } from '../failures.ts';
import { type ApiRequest, type CertificateSubject, maxBodyBytes } from '../request.ts';

/** A request as Node has it, by HTTP/1.1 or HTTP/2. */
export type AnyRequest = IncomingMessage | Http2ServerRequest;
/** Its answer. */
export type AnyResponse = ServerResponse | Http2ServerResponse;

/** The request as the API takes it; what costs work is done when it is asked for. */
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

export function headerOf(incoming: AnyRequest, name: string): string | undefined {
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
