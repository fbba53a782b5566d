import {
  type IncomingHttpHeaders,
  type IncomingMessage,
  Agent as PlainAgent,
  request as plainRequest,
} from 'node:http';
import { type RequestOptions, Agent as TlsAgent, request as tlsRequest } from 'node:https';
import { basicAuth, type Connection, isSameOrigin } from './connection.ts';
import { connectionError, FetchError } from './fetch-error.ts';

export interface HttpRequest {
  url: string;
  /** GET when left out. */
  method?: 'GET' | 'HEAD' | 'POST' | 'PUT';
  headers?: Readonly<Record<string, string>>;
  body?: Uint8Array;
}

export interface HttpResponse {
  /** Where the answer came from, after redirections. */
  url: string;
  status: number;
  statusText: string;
  headers: IncomingHttpHeaders;
  /** Must be read or destroyed. Its errors are FetchErrors. */
  body: AsyncIterable<Buffer>;
  /** Gives the body up. */
  discard(): void;
}

const mostRedirects = 10;
const defaultTimeoutMs = 120_000;

/**
 * Sends a request and follows redirections; any status is an answer. Credentials and an Authorization header stay with the
 * first origin unless `passCredentials` is set. Throws FetchError, or the reason of an aborted signal.
 */
export async function sendRequest(request: HttpRequest, connection: Connection): Promise<HttpResponse> {
  const timeoutMs = connection.timeoutMs ?? defaultTimeoutMs;
  const limits = [AbortSignal.timeout(timeoutMs), connection.signal].filter((signal) => signal !== undefined);
  const signal = AbortSignal.any(limits);
  const fail = (url: string, error: unknown) => connectionError(url, error, timeoutMs, signal);
  let url = request.url;
  for (let redirects = 0; ; redirects++) {
    if (redirects > mostRedirects) throw new FetchError(request.url, `redirected more than ${mostRedirects} times`);
    const trusted = connection.passCredentials === true || isSameOrigin(request.url, checkUrl(url));
    const at = url;
    const message = await exchange(
      { ...request, url, headers: headersFor(request, url, connection, trusted) },
      connection,
      signal,
    ).catch((error: unknown) => {
      throw fail(at, error);
    });
    const target = redirection(request, message);
    if (target === undefined) {
      return {
        url,
        status: message.statusCode ?? 0,
        statusText: message.statusMessage ?? '',
        headers: message.headers,
        body: readChunks(message, (error) => fail(at, error)),
        discard: () => void message.destroy(),
      };
    }
    message.resume();
    url = new URL(target, url).href;
  }
}

function checkUrl(url: string): string {
  if (!URL.canParse(url)) throw new FetchError(url, 'this is not a URL');
  const { protocol } = new URL(url);
  if (protocol !== 'http:' && protocol !== 'https:') {
    throw new FetchError(url, `there is no handler for ${protocol.slice(0, -1)}, only for http, https and oci`);
  }
  return url;
}

function headersFor(
  request: HttpRequest,
  url: string,
  { credentials }: Connection,
  trusted: boolean,
): Record<string, string> {
  const headers: Record<string, string> = { 'user-agent': 'croft', ...request.headers };
  if (request.body !== undefined) headers['content-length'] = String(request.body.byteLength);
  const { username, password } = new URL(url);
  if (!trusted) delete headers.authorization;
  else if (headers.authorization === undefined && credentials !== undefined && credentials.username !== '') {
    headers.authorization = basicAuth(credentials);
  }
  if (headers.authorization === undefined && username !== '') {
    headers.authorization = basicAuth({
      username: decodeURIComponent(username),
      password: decodeURIComponent(password),
    });
  }
  return headers;
}

function exchange(request: HttpRequest, connection: Connection, signal: AbortSignal): Promise<IncomingMessage> {
  const { url, method = 'GET', headers = {}, body } = request;
  const { tls = {}, proxyEnv } = connection;
  const isTls = url.startsWith('https:');
  const options: RequestOptions = { method, headers, signal };
  if (isTls) {
    if (tls.ca !== undefined) options.ca = tls.ca;
    if (tls.cert !== undefined) options.cert = tls.cert;
    if (tls.key !== undefined) options.key = tls.key;
    if (tls.insecure === true) options.rejectUnauthorized = false;
    if (tls.serverName !== undefined) options.servername = tls.serverName;
  }
  if (proxyEnv !== undefined) options.agent = isTls ? new TlsAgent({ proxyEnv }) : new PlainAgent({ proxyEnv });
  return new Promise((resolve, reject) => {
    const { href } = withoutUser(url);
    const sent = isTls ? tlsRequest(href, options, resolve) : plainRequest(href, options, resolve);
    sent.on('error', reject);
    sent.end(body);
  });
}

function withoutUser(url: string): URL {
  const plain = new URL(url);
  plain.username = '';
  plain.password = '';
  return plain;
}

/** Where the answer sends the request to; only 307 and 308 send a body again. */
function redirection({ method = 'GET' }: HttpRequest, message: IncomingMessage): string | undefined {
  const status = message.statusCode ?? 0;
  const plain = method === 'GET' || method === 'HEAD';
  const codes = plain ? [301, 302, 303, 307, 308] : [307, 308];
  return codes.includes(status) ? message.headers.location : undefined;
}

async function* readChunks(message: IncomingMessage, fail: (error: unknown) => unknown): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of message) yield chunk as Buffer;
  } catch (error) {
    throw fail(error);
  }
}
