import { Agent, type IncomingMessage, request } from 'node:http';
import type { Duplex } from 'node:stream';
import { EngineError } from './engine-error.ts';

export interface EngineRequest {
  method: 'GET' | 'POST' | 'DELETE';
  /** Without the version: `/containers/json`. Paths that begin with `/libpod/` go to libpod's own API. */
  path: string;
  query?: Record<string, string | number | boolean | undefined>;
  body?: unknown;
  headers?: Record<string, string>;
  /** The answer's head must come within so many milliseconds; 60 s when left out. */
  timeoutMs?: number;
  signal?: AbortSignal | undefined;
}

/** A way to an engine that speaks the Docker API on a unix socket. */
export interface Connection extends Disposable {
  readonly socketPath: string;
  /** Sends a request and gives the answer's open stream. Throws EngineError for statuses of 400 and above. */
  open(request: EngineRequest): Promise<IncomingMessage>;
  /** Sends a request and gives the connection itself, both ways, once the engine has agreed. Throws EngineError. */
  hijack(request: EngineRequest): Promise<Duplex>;
  /** Sends a request and gives the decoded JSON body; undefined for an empty one. Throws EngineError. */
  call<T>(request: EngineRequest): Promise<T>;
}

const apiVersion = 'v1.41';
const libpodVersion = 'v4.0.0';
const defaultTimeoutMs = 60_000;

/** Opens nothing yet: each request takes a connection from a pool of its own. */
export function createConnection(socketPath: string): Connection {
  const agent = new Agent({ keepAlive: true, maxFreeSockets: 4 });

  async function open(options: EngineRequest): Promise<IncomingMessage> {
    const { response } = await send(agent, socketPath, options);
    if ((response.statusCode ?? 0) < 400) return response;
    throw await refusalOf(options, response);
  }

  return {
    socketPath,
    open,
    hijack: async (options) => {
      const headers = { ...options.headers, connection: 'Upgrade', upgrade: 'tcp' };
      const { response, socket } = await send(agent, socketPath, { ...options, headers });
      if (socket !== undefined) return socket;
      throw await refusalOf(options, response);
    },
    call: async <T>(options: EngineRequest) => {
      const text = await readAll(await open(options));
      return (text.trim() === '' ? undefined : JSON.parse(text)) as T;
    },
    [Symbol.dispose]: () => agent.destroy(),
  };
}

interface Reply {
  response: IncomingMessage;
  /** When the engine has left HTTP. */
  socket?: Duplex;
}

async function refusalOf({ method, path }: EngineRequest, response: IncomingMessage): Promise<EngineError> {
  return new EngineError(`${method} ${path}`, response.statusCode ?? 0, errorText(await readAll(response)));
}

function send(agent: Agent, socketPath: string, options: EngineRequest): Promise<Reply> {
  const body = options.body === undefined ? undefined : JSON.stringify(options.body);
  const headers: Record<string, string> = { host: 'engine', ...options.headers };
  if (body !== undefined) {
    headers['content-type'] = 'application/json';
    headers['content-length'] = String(Buffer.byteLength(body));
  }
  const timeoutMs = options.timeoutMs ?? defaultTimeoutMs;
  return new Promise((resolve, reject) => {
    const outgoing = request({
      agent,
      socketPath,
      method: options.method,
      path: versionedPath(options),
      headers,
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
    const timer = setTimeout(
      () => outgoing.destroy(new Error(`the engine did not answer within ${timeoutMs / 1000} s`)),
      timeoutMs,
    );
    const fail = (error: Error) => {
      clearTimeout(timer);
      if (options.signal?.aborted) return reject(options.signal.reason);
      const code = 'code' in error ? String(error.code) : undefined;
      reject(new EngineError(`${options.method} ${options.path}`, 0, error.message, code));
    };
    outgoing.on('error', fail);
    outgoing.on('response', (response) => {
      clearTimeout(timer);
      resolve({ response });
    });
    outgoing.on('upgrade', (response, socket, head) => {
      clearTimeout(timer);
      if (head.length > 0) socket.unshift(head);
      resolve({ response, socket });
    });
    outgoing.end(body);
  });
}

function versionedPath({ path, query }: EngineRequest): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) if (value !== undefined) search.set(name, String(value));
  const text = search.toString();
  return `/${path.startsWith('/libpod/') ? libpodVersion : apiVersion}${path}${text === '' ? '' : `?${text}`}`;
}

async function readAll(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function errorText(body: string): string {
  try {
    const { message, cause } = JSON.parse(body) as { message?: string; cause?: string };
    return message ?? cause ?? body;
  } catch {
    return body;
  }
}
