import type { IncomingMessage } from 'node:http';
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { accessRequestOf } from './access.ts';
import { refusal } from './authorize.ts';
import type { Core } from './core.ts';
import { badRequest, unauthorized, unknownResource } from './failures.ts';
import { respondError, type Steps } from './handle.ts';
import type { ApiRequest, ApiResponse } from './request.ts';
import { parseRequestInfo } from './request-info.ts';
import { findNodePath } from './subresources/node-proxy.ts';

/** Takes over a connection to a node's kubelet: exec, attach and port-forward. `path` is the kubelet's. */
export type NodeUpgrade = (
  nodeName: string,
  path: string,
  request: IncomingMessage,
  socket: Socket,
  head: Buffer,
) => void;

const upgradable = new Set(['exec', 'attach', 'portforward']);

/** The same steps as for any request, then the connection goes to the node; a refusal is answered and ends it. */
export async function handleUpgrade(
  core: Core,
  steps: Steps,
  nodeUpgrade: NodeUpgrade | undefined,
  request: ApiRequest,
  raw: IncomingMessage,
  socket: Socket,
  head: Buffer,
): Promise<void> {
  try {
    const info = parseRequestInfo(request);
    const authenticated = await steps.authenticate(request);
    if (authenticated === undefined) throw unauthorized();
    const user = steps.impersonate(request, authenticated, info);
    // Opening such a connection does as much as a POST, whatever the method is.
    for (const verb of new Set([info.verb, 'create'])) {
      const access = { ...accessRequestOf(user, info), verb };
      const { allowed, reason } = steps.authorize(access);
      if (!allowed) throw refusal(access, reason);
    }
    const served = core.resources.find(info.group, info.version, info.resource);
    if (served === undefined || info.resource !== 'pods' || !upgradable.has(info.subresource)) throw unknownResource();
    const target = findNodePath({ core, served, namespace: info.namespace, request, info, user });
    if (target === undefined || nodeUpgrade === undefined) throw badRequest('no kubelet is reachable for this pod');
    nodeUpgrade(target.node, target.path, raw, socket, head);
  } catch (error) {
    refuse(socket, respondError(core, error, request));
  }
}

function refuse(socket: Socket, { status, body }: ApiResponse): void {
  const text = typeof body === 'string' ? body : '';
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(text)}`,
    'connection: close',
  ];
  socket.end(`${lines.join('\r\n')}\r\n\r\n${text}`);
}
