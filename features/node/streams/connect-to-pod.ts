import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { PodTarget } from '@croft/apiserver/streams/node-streams';
import { errorMessage } from '@croft/foundation/errors';
import type { Connection } from '../engine/connection.ts';
import { findSandbox, readPodViews } from '../runtime/pod-views.ts';

/** A connection to a TCP port of a Pod, by the Pod's address. Throws what a kubelet says when there is none. */
export async function connectToPod(
  engine: Connection,
  { namespace, pod }: PodTarget,
  port: number,
  signal: AbortSignal,
): Promise<Socket> {
  const sandbox = findSandbox(await readPodViews(engine, { namespace, name: pod }));
  if (sandbox === undefined) throw new Error(`pod not found ("${pod}_${namespace}")`);
  // A Pod in the host's network has no address of its own.
  const host = Object.values(sandbox.addresses).find((address) => address !== '') ?? '127.0.0.1';
  const socket = connect({ host, port, signal, allowHalfOpen: true });
  try {
    await once(socket, 'connect');
  } catch (error) {
    throw new Error(`failed to connect to ${host}:${port} inside the pod: ${errorMessage(error)}`, { cause: error });
  }
  return socket;
}
