import type { UnknownObject } from '@croft/api/object';
import type { Pod } from '@croft/api/types';
import { badRequest, internal, methodNotAllowed } from '../failures.ts';
import { getEntry } from '../read.ts';
import type { ApiResponse } from '../request.ts';
import type { ResourceCall } from '../resource-call.ts';
import { parseEntry } from '../served-resource.ts';
import type { ContainerTarget, PodTarget } from '../streams/node-streams.ts';
import { validateLogOptions } from './log-options.ts';

/** Reaches the kubelet of a node: its paths are `/containerLogs/NAMESPACE/POD/CONTAINER`. */
export type NodeProxy = (nodeName: string, request: Request) => Promise<Response>;

/** `/log` of a Pod: answered by the node that runs it; exec, attach and port-forward need a connection of their own. */
export async function respondByNode(call: ResourceCall, nodeProxy: NodeProxy | undefined): Promise<ApiResponse> {
  const { info, request, namespace } = call;
  if (info.subresource !== 'log') return refuseWithoutUpgrade(call);
  if (request.method !== 'GET') throw methodNotAllowed();
  validateLogOptions(request.query, info.name);
  const { node, container } = findContainer(call);
  if (node === '') return { status: 204, headers: {} }; // no node runs the Pod yet
  if (nodeProxy === undefined) {
    throw internal(`no kubelet is reachable at node ${node}`);
  }
  const query = new URLSearchParams(request.query);
  query.delete('container');
  const web = request.toWeb();
  const url = new URL(`/containerLogs/${namespace}/${info.name}/${container}`, web.url);
  url.search = query.toString();
  return fromWebResponse(await nodeProxy(node, new Request(url, web)));
}

function refuseWithoutUpgrade(call: ResourceCall): never {
  if (call.info.subresource === 'portforward') findPodTarget(call);
  else findContainerTarget(call);
  throw badRequest('Upgrade request required');
}

/** Which container of which Pod a call is for. Throws 400 and 404. */
export function findContainerTarget(call: ResourceCall): ContainerTarget {
  const { container } = findContainer(call);
  return { ...findPodTarget(call), container };
}

/** Which Pod on which node a call is for. Throws 400 and 404. */
export function findPodTarget(call: ResourceCall): PodTarget {
  const { namespace, info } = call;
  const node = findPod(call).spec?.nodeName ?? '';
  if (node === '') throw badRequest(`pod ${info.name} does not have a host assigned`);
  return { node, namespace, pod: info.name };
}

function findContainer(call: ResourceCall): { node: string; container: string } {
  const pod = findPod(call);
  const container = containerOf(pod, call.info.name, call.request.query.get('container') ?? '');
  return { node: pod.spec?.nodeName ?? '', container };
}

function findPod({ core, served, namespace, info }: ResourceCall): Pod {
  return parseEntry(getEntry(core, served, namespace, info.name)) as Pod & UnknownObject;
}

function containerOf({ spec }: Pod, podName: string, wanted: string): string {
  const names = (spec?.containers ?? []).map(({ name }) => name);
  const init = (spec?.initContainers ?? []).map(({ name }) => name);
  const ephemeral = (spec?.ephemeralContainers ?? []).map(({ name }) => name);
  if (wanted !== '') {
    if ([...names, ...init, ...ephemeral].includes(wanted)) return wanted;
    throw badRequest(`container ${wanted} is not valid for pod ${podName}`);
  }
  const [first, ...more] = names;
  if (first !== undefined && more.length === 0 && init.length === 0) return first;
  const choice = `a container name must be specified for pod ${podName}, choose one of: [${names.join(' ')}]`;
  throw badRequest(init.length === 0 ? choice : `${choice} or one of the init containers: [${init.join(' ')}]`);
}

function fromWebResponse(response: Response): ApiResponse {
  const headers = Object.fromEntries(response.headers);
  delete headers['content-length'];
  delete headers['transfer-encoding'];
  return { status: response.status, headers, ...(response.body === null ? {} : { body: response.body }) };
}
