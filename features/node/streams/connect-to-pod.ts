import { once } from 'node:events';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import type { PodTarget } from '@croft/apiserver/streams/node-streams';
import { errorMessage, hasErrorCode } from '@croft/foundation/errors';
import type { Connection } from '../engine/connection.ts';
import { findContainer } from '../engine/containers.ts';
import { findSandbox, readPodViews } from '../runtime/pod-views.ts';
import { connectInside } from './connect-inside.ts';

/** A connection to a TCP port inside a Pod, whichever of its addresses is listened at. Throws when there is none. */
export async function connectToPod(
  engine: Connection,
  { namespace, pod }: PodTarget,
  port: number,
  signal: AbortSignal,
): Promise<Duplex> {
  const sandbox = findSandbox(await readPodViews(engine, { namespace, name: pod }));
  if (sandbox === undefined) throw new Error(`pod not found ("${pod}_${namespace}")`);
  // A Pod in the host's network has no address of its own.
  const host = Object.values(sandbox.addresses).find((address) => address !== '') ?? '127.0.0.1';
  try {
    return await connectByAddress(host, port, signal);
  } catch (error) {
    if (!hasErrorCode(error, 'ECONNREFUSED')) throw failed(port, error);
  }
  const inspect = await findContainer(engine, sandbox.id);
  try {
    return await connectInside(inspect?.State.Pid ?? 0, port, signal);
  } catch (error) {
    throw failed(port, error);
  }
}

async function connectByAddress(host: string, port: number, signal: AbortSignal): Promise<Duplex> {
  const socket = connect({ host, port, signal, allowHalfOpen: true });
  await once(socket, 'connect');
  return socket;
}

function failed(port: number, cause: unknown): Error {
  return new Error(`failed to connect to port ${port} inside the pod: ${errorMessage(cause)}`, { cause });
}
