import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { accessRequestOf } from './access.ts';
import { refusal } from './authorize.ts';
import type { Core } from './core.ts';
import { badRequest, unauthorized, unknownResource } from './failures.ts';
import { respondError, type Steps } from './handle.ts';
import type { ApiRequest, ApiResponse } from './request.ts';
import { parseRequestInfo } from './request-info.ts';
import type { ResourceCall } from './resource-call.ts';
import type { NodeStreams } from './streams/node-streams.ts';
import { servePortForward } from './streams/port-forward.ts';
import { parseCommand, parseProcessOptions } from './streams/process-options.ts';
import { serveProcess } from './streams/serve-process.ts';
import { acceptProcess, acceptTunnel, type Upgrade } from './streams/transport.ts';
import { findContainerTarget, findPodTarget } from './subresources/node-proxy.ts';

const upgradable = new Set(['exec', 'attach', 'portforward']);

/** The same steps as for any request, then the streams of the node's process; a refusal is answered and ends it. */
export async function handleUpgrade(
  core: Core,
  steps: Steps,
  node: NodeStreams | undefined,
  request: ApiRequest,
  upgrade: Upgrade,
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
    if (node === undefined) throw badRequest('no kubelet is reachable for this pod');
    await respondUpgrade({ warnings: [], core, served, namespace: info.namespace, request, info, user }, node, upgrade);
  } catch (error) {
    refuse(upgrade.socket, respondError(core, error, request));
  }
}

/** Throws as long as nothing was sent. */
async function respondUpgrade(call: ResourceCall, node: NodeStreams, upgrade: Upgrade): Promise<void> {
  const { info, request, core } = call;
  if (info.subresource === 'portforward') {
    const pod = findPodTarget(call);
    void servePortForward(node, pod, await acceptTunnel(upgrade), core.log);
    return;
  }
  const target = findContainerTarget(call);
  const options = parseProcessOptions(request.query);
  const command = info.subresource === 'exec' ? parseCommand(request.query) : undefined;
  const open = await acceptProcess(upgrade, options, core.log);
  void serveProcess(node, { target, command }, open, core.log);
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
