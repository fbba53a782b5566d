import type { UnknownObject } from '@croft/api/object';
import type { Pod } from '@croft/api/types';
import { badRequest, internal, methodNotAllowed } from '../failures.ts';
import { getEntry } from '../read.ts';
import type { ApiResponse } from '../request.ts';
import type { ResourceCall } from '../respond.ts';
import { parseEntry } from '../served-resource.ts';

/** Reaches the kubelet of a node: its paths are `/containerLogs/NAMESPACE/POD/CONTAINER`, `/exec/...`, `/attach/...`. */
export type NodeProxy = (nodeName: string, request: Request) => Promise<Response>;

/** `/log`, `/exec`, `/attach` and `/portforward` of a Pod: answered by the node that runs it. */
export async function respondByNode(call: ResourceCall, nodeProxy: NodeProxy | undefined): Promise<ApiResponse> {
  const { info, request } = call;
  if (info.subresource === 'log' && request.method !== 'GET') throw methodNotAllowed();
  const target = findNodePath(call);
  if (target === undefined) return { status: 204, headers: {} };
  if (nodeProxy === undefined) {
    throw internal(`no kubelet is reachable at node ${target.node}`);
  }
  const web = request.toWeb();
  const forwarded = new Request(new URL(target.path, web.url), web);
  return fromWebResponse(await nodeProxy(target.node, forwarded));
}

/** Where on which node; undefined for a log when no node runs the Pod yet. Throws 400 and 404. */
export function findNodePath(call: ResourceCall): { node: string; path: string } | undefined {
  const { core, served, namespace, info, request } = call;
  const pod = parseEntry(getEntry(core, served, namespace, info.name)) as Pod & UnknownObject;
  const query = new URLSearchParams(request.query);
  const isPort = info.subresource === 'portforward';
  const container = isPort ? '' : `/${containerOf(pod, info.name, query.get('container') ?? '')}`;
  query.delete('container');
  const node = pod.spec?.nodeName ?? '';
  if (node === '') {
    if (info.subresource === 'log') return undefined;
    throw badRequest(`pod ${info.name} does not have a host assigned`);
  }
  const verb = { log: 'containerLogs', portforward: 'portForward' }[info.subresource] ?? info.subresource;
  const text = query.toString();
  return { node, path: `/${verb}/${namespace}/${info.name}${container}${text === '' ? '' : `?${text}`}` };
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
