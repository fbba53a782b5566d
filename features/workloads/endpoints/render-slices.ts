import { services } from '@croft/api/kinds';
import type { Stored } from '@croft/api/object';
import type { Endpoint, EndpointSlice, Pod, Service } from '@croft/api/types';
import { controllerReference } from '../ownership.ts';
import { isReady, isTerminating } from '../pods/pod-state.ts';
import { hostnameOf, isHeadless, targetReference } from './backing-pods.ts';
import { type ServedPort, servedPorts } from './ports.ts';

export const serviceNameLabel = 'kubernetes.io/service-name';
export const managedByLabel = 'endpointslice.kubernetes.io/managed-by';
export const sliceController = 'endpointslice-controller.k8s.io';
const headlessLabel = 'service.kubernetes.io/headless';
const mostPerSlice = 100;

/** Labels of a Service that are not its slices'. */
const ownLabels = [serviceNameLabel, managedByLabel, headlessLabel, 'endpoints.kubernetes.io/managed-by'];

/**
 * The slices of a Service with a selector, without names: one for each set of ports, address family and hundred
 * endpoints (k8s.io/endpointslice). A Service without Pods has one that is empty.
 */
export function renderSlices(service: Stored<Service>, backing: readonly Stored<Pod>[]): EndpointSlice[] {
  const families = (service.spec?.ipFamilies ?? ['IPv4']).map((family) => (family === 'IPv6' ? 'IPv6' : 'IPv4'));
  return families.flatMap((family) => {
    const groups = new Map<string, { ports: ServedPort[]; endpoints: Endpoint[] }>();
    for (const pod of backing) {
      const address = addressOf(pod, family);
      if (address === undefined) continue;
      const ports = servedPorts(service, pod);
      const id = JSON.stringify(ports);
      const group = groups.get(id) ?? { ports, endpoints: [] };
      groups.set(id, group);
      group.endpoints.push(renderEndpoint(service, pod, address));
    }
    if (groups.size === 0) groups.set('', { ports: [], endpoints: [] });
    return [...groups.values()].flatMap(({ ports, endpoints }) =>
      inChunks(endpoints).map((chunk) => renderSlice(service, family, ports, chunk)),
    );
  });
}

function inChunks(endpoints: Endpoint[]): Endpoint[][] {
  const count = Math.max(1, Math.ceil(endpoints.length / mostPerSlice));
  return Array.from({ length: count }, (_, at) => endpoints.slice(at * mostPerSlice, (at + 1) * mostPerSlice));
}

function addressOf(pod: Pod, family: 'IPv4' | 'IPv6'): string | undefined {
  const all = (pod.status?.podIPs ?? []).map(({ ip }) => ip ?? '');
  const known = all.length > 0 ? all : [pod.status?.podIP ?? ''];
  return known.find((ip) => ip !== '' && ip.includes(':') === (family === 'IPv6'));
}

function renderEndpoint(service: Stored<Service>, pod: Stored<Pod>, address: string): Endpoint {
  const serving = isReady(pod);
  const terminating = isTerminating(pod);
  const ready = service.spec?.publishNotReadyAddresses === true || (serving && !terminating);
  const hostname = hostnameOf(pod, service);
  return {
    addresses: [address],
    conditions: { ready, serving, terminating },
    ...(hostname === undefined ? {} : { hostname }),
    targetRef: targetReference(pod),
    ...(pod.spec?.nodeName === undefined ? {} : { nodeName: pod.spec.nodeName }),
  };
}

function renderSlice(
  service: Stored<Service>,
  addressType: 'IPv4' | 'IPv6',
  ports: readonly ServedPort[],
  endpoints: Endpoint[],
): EndpointSlice {
  const { name, namespace = '', labels = {} } = service.metadata;
  const copied = Object.entries(labels).filter(([label]) => !ownLabels.includes(label));
  return {
    metadata: {
      generateName: `${name}-`,
      namespace,
      labels: {
        ...Object.fromEntries(copied),
        ...(isHeadless(service) ? { [headlessLabel]: '' } : {}),
        [managedByLabel]: sliceController,
        [serviceNameLabel]: name,
      },
      ownerReferences: [controllerReference(services, service)],
    },
    addressType,
    endpoints,
    ports: [...ports],
  };
}
