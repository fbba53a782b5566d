import { StatusError } from '@croft/api/status';
import type { EndpointSlice, Pod, Service, ServicePort } from '@croft/api/types';
import { badRequest, notFound } from '../failures.ts';
import type { ResourceCall } from '../resource-call.ts';
import type { PodTarget } from '../streams/node-streams.ts';

/** Where a request that is handed on goes: a port of a Pod. */
export interface ProxyTarget {
  readonly pod: PodTarget;
  readonly port: number;
  readonly secure: boolean;
}

/** The target that a name stands for: `web`, `web:80`, `https:web:443`. Throws 400, 404 and 503. */
export function findProxyTarget(call: ResourceCall): ProxyTarget {
  const { served, info } = call;
  const [, scheme = 'http', name = '', port = ''] = names.exec(info.name) ?? [];
  if (name === '')
    throw badRequest(`invalid ${served.resource.kind.toLowerCase()} request ${JSON.stringify(info.name)}`);
  const find = { pods: findPort, services: findEndpoint, nodes: refuseNode }[served.resource.plural] ?? refuseNode;
  return { ...find(call, name, port), secure: scheme === 'https' };
}

const names = /^(?:(https?):(?=[^:]+:))?([^:]+)(?::([^:]*))?$/;

type Found = Omit<ProxyTarget, 'secure'>;

function refuseNode({ core, served }: ResourceCall, name: string): never {
  if (core.lookup.find('nodes', undefined, name) === undefined) throw notFound(served.resource, name);
  throw badRequest('this server does not hand requests on to nodes: use kubectl logs, exec or port-forward');
}

function findPort(call: ResourceCall, name: string, port: string): Found {
  const pod = call.core.lookup.find('pods', call.namespace, name) as Pod | undefined;
  if (pod === undefined) throw notFound(call.served.resource, name);
  const node = pod.spec?.nodeName ?? '';
  if (node === '') throw badRequest(`pod ${name} does not have a host assigned`);
  const ports = (pod.spec?.containers ?? []).flatMap(({ ports = [] }) => ports);
  const chosen = port === '' ? ports[0]?.containerPort : Number(port);
  if (chosen === undefined || !(chosen > 0)) throw badRequest(`pod ${name} has no port ${JSON.stringify(port)}`);
  return { pod: { node, namespace: call.namespace, pod: name }, port: chosen };
}

function findEndpoint({ core, served, namespace }: ResourceCall, name: string, asked: string): Found {
  const service = core.lookup.find('services', namespace, name) as Service | undefined;
  if (service === undefined) throw notFound(served.resource, name);
  const portName = choosePort(service.spec?.ports ?? [], asked)?.name;
  if (portName === undefined) throw unavailable(`no service port ${JSON.stringify(asked)} found for service "${name}"`);
  for (const slice of core.lookup.list('endpointslices.discovery.k8s.io', namespace) as unknown as EndpointSlice[]) {
    if (slice.metadata?.labels?.['kubernetes.io/service-name'] !== name) continue;
    const port = slice.ports?.find((each) => (each.name ?? '') === portName)?.port;
    const ready = slice.endpoints.find(({ conditions, targetRef }) => conditions?.ready !== false && targetRef?.name);
    if (port === undefined || ready?.targetRef?.name === undefined) continue;
    return { pod: { node: ready.nodeName ?? '', namespace, pod: ready.targetRef.name }, port };
  }
  throw unavailable(`no endpoints available for service ${JSON.stringify(name)}`);
}

/** By name or by number; the only one where none is asked for. */
function choosePort(ports: readonly ServicePort[], asked: string): { name: string } | undefined {
  const fits = ({ name = '', port }: ServicePort) => name === asked || String(port) === asked;
  const found = asked === '' && ports.length === 1 ? ports[0] : ports.find(fits);
  return found && { name: found.name ?? '' };
}

export function unavailable(message: string): StatusError {
  return new StatusError(503, 'ServiceUnavailable', message, {});
}
