import { once } from 'node:events';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { connect } from 'node:http2';
import { Agent, request } from 'node:https';
import type { Connection } from './connection.ts';

export interface Call {
  readonly method: string;
  readonly path: string;
  readonly body?: string;
  /** Of the body; JSON when left out. */
  readonly type?: string;
}

/** Sends requests one after another or side by side; the body of an answer is read and counted, not kept. */
export interface Transport extends Disposable {
  /** Gives the size of the body in bytes. Throws for any status but those of success. */
  send(call: Call): Promise<number>;
}

export type Protocol = 'h1' | 'h2';

export function openTransport(protocol: Protocol, connection: Connection, sockets: number): Promise<Transport> {
  return protocol === 'h1' ? Promise.resolve(openHttp1(connection, sockets)) : openHttp2(connection);
}

function openHttp1({ server, tls, headers }: Connection, maxSockets: number): Transport {
  const agent = new Agent({ keepAlive: true, maxSockets, ...tls });
  const target = { host: server.hostname, port: server.port, agent };
  const send = ({ method, path, body, type }: Call) =>
    new Promise<number>((resolve, reject) => {
      const ask = request({ ...target, method, path, headers: { ...headers, ...bodyHeaders(body, type) } });
      ask.on('error', reject);
      ask.on('response', (answer) => drain(answer, answer.statusCode ?? 0, resolve, reject));
      ask.end(body);
    });
  return { send, [Symbol.dispose]: () => agent.destroy() };
}

async function openHttp2({ server, tls, headers }: Connection): Promise<Transport> {
  const session = connect(server.origin, tls);
  await once(session, 'connect');
  const send = ({ method, path, body, type }: Call) =>
    new Promise<number>((resolve, reject) => {
      const stream = session.request(
        { ...headers, ...bodyHeaders(body, type), ':method': method, ':path': path },
        { endStream: body === undefined },
      );
      stream.on('error', reject);
      stream.on('response', (answer) => drain(stream, Number(answer[':status']), resolve, reject));
      if (body !== undefined) stream.end(body);
    });
  return { send, [Symbol.dispose]: () => session.close() };
}

function bodyHeaders(body: string | undefined, type = 'application/json'): Record<string, string> {
  return body === undefined ? {} : { 'content-type': type, 'content-length': String(Buffer.byteLength(body)) };
}

function drain(
  answer: NodeJS.ReadableStream,
  status: number,
  resolve: (bytes: number) => void,
  reject: (error: Error) => void,
): void {
  const failed = status >= 300;
  let bytes = 0;
  let text = '';
  answer.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (failed) text += chunk.toString();
  });
  answer.on('error', reject);
  answer.on('end', () => (failed ? reject(new Error(`${status}: ${text.slice(0, 300)}`)) : resolve(bytes)));
}

/** A watch: `onLine` is called with each event as it comes. Resolves when the server has begun to answer. */
export async function openWatch(
  { server, tls, headers }: Connection,
  path: string,
  onLine: (line: string) => void,
): Promise<Disposable> {
  const ask: ClientRequest = request({ host: server.hostname, port: server.port, path, headers, agent: false, ...tls });
  ask.end();
  const [answer] = (await once(ask, 'response')) as [IncomingMessage];
  let rest = '';
  answer.setEncoding('utf8');
  answer.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) onLine(line);
  });
  for (const part of [ask, answer]) part.on('error', () => {}); // ended by us
  return { [Symbol.dispose]: () => ask.destroy() };
}
