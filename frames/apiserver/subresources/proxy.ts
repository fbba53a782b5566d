import { once } from 'node:events';
import { type IncomingMessage, request as sendRequest } from 'node:http';
import { type Duplex, Readable } from 'node:stream';
import { connect as connectSecurely } from 'node:tls';
import { errorMessage } from '@croft/foundation/errors';
import type { ApiResponse } from '../request.ts';
import type { ResourceCall } from '../resource-call.ts';
import type { NodeStreams } from '../streams/node-streams.ts';
import { findProxyTarget, type ProxyTarget, unavailable } from './proxy-target.ts';

/** `/proxy` of a Pod or a Service: the request goes on to a port of a Pod, and its answer comes back as it is. */
export async function respondProxy(call: ResourceCall, nodeStreams: NodeStreams | undefined): Promise<ApiResponse> {
  const [, path = '/'] = within.exec(call.request.path) ?? [];
  const target = findProxyTarget(call);
  if (nodeStreams === undefined) throw unavailable(`no kubelet is reachable at node ${target.pod.node}`);
  try {
    const socket = await connect(nodeStreams, target);
    const answer = await send(call, socket, `${path}${queryOf(call)}`);
    const status = answer.statusCode ?? 502;
    const body = Readable.toWeb(answer) as ReadableStream<Uint8Array>;
    return { status, headers: headersOf(answer), ...(bodiless.has(status) ? {} : { body }) };
  } catch (error) {
    throw unavailable(`error trying to reach service: ${errorMessage(error)}`);
  }
}

const within = /^\/api\/v1\/namespaces\/[^/]+\/[^/]+\/[^/]+\/proxy(\/.*)?$/;

const queryOf = ({ request }: ResourceCall): string => (request.query.size === 0 ? '' : `?${request.query}`);

const patienceMs = 30_000;
const bodiless = new Set([204, 205, 304]);

async function connect(nodeStreams: NodeStreams, { pod, port, secure }: ProxyTarget): Promise<Duplex> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(new Error('it does not answer in time')), patienceMs);
  const socket = await nodeStreams.connect(pod, port, late.signal).finally(() => clearTimeout(timer));
  if (!secure) return socket;
  // As in Kubernetes: the Pod is found by the cluster, not by its certificate.
  const secured = connectSecurely({ socket, rejectUnauthorized: false });
  await once(secured, 'secureConnect');
  return secured;
}

async function send({ request }: ResourceCall, socket: Duplex, path: string): Promise<IncomingMessage> {
  const body = await request.readBody();
  const headers: Record<string, string | number> = { host: request.header('host') ?? 'localhost' };
  for (const name of request.headerNames()) if (!isOwn(name)) headers[name] = request.header(name) ?? '';
  if (body.length > 0) headers['content-length'] = body.length;
  const outgoing = sendRequest({ method: request.method, path, headers, createConnection: () => socket });
  outgoing.end(body);
  const [answer] = (await once(outgoing, 'response')) as [IncomingMessage];
  outgoing.on('error', () => {}); // what breaks from now on, breaks the answer
  return answer;
}

/** What concerns this connection or this server alone. */
function isOwn(name: string): boolean {
  return own.has(name) || name.startsWith('impersonate-') || name.startsWith('proxy-') || name.startsWith(':');
}

const own = new Set(
  'host connection keep-alive te trailer transfer-encoding upgrade authorization content-length'.split(' '),
);

function headersOf(answer: IncomingMessage): Record<string, string> {
  const kept = Object.entries(answer.headers).filter(([name]) => !own.has(name));
  return Object.fromEntries(kept.map(([name, value]) => [name, String(value)]));
}
