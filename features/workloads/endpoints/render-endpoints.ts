import type { Stored } from '@croft/api/object';
import type { EndpointAddress, EndpointSubset, Pod, Service } from '@croft/api/types';
import { isReady, isTerminating } from '../pods/pod-state.ts';
import { hostnameOf, targetReference } from './backing-pods.ts';
import { type ServedPort, servedPorts } from './ports.ts';

/** The subsets of a Service's Endpoints: Pods that serve the same ports together (pkg/controller/endpoint). */
export function renderSubsets(service: Stored<Service>, backing: readonly Stored<Pod>[]): EndpointSubset[] {
  const publish = service.spec?.publishNotReadyAddresses === true;
  const subsets = new Map<string, { ports: ServedPort[]; ready: EndpointAddress[]; notReady: EndpointAddress[] }>();
  for (const pod of backing) {
    if (isTerminating(pod) && !publish) continue;
    const ports = servedPorts(service, pod);
    if (ports.length === 0 && (service.spec?.ports ?? []).length > 0) continue;
    const id = JSON.stringify(ports);
    const subset = subsets.get(id) ?? { ports, ready: [], notReady: [] };
    subsets.set(id, subset);
    (isReady(pod) || publish ? subset.ready : subset.notReady).push(renderAddress(service, pod));
  }
  return [...subsets.values()].map(({ ports, ready, notReady }) => ({
    ...(ready.length === 0 ? {} : { addresses: ready }),
    ...(notReady.length === 0 ? {} : { notReadyAddresses: notReady }),
    ...(ports.length === 0 ? {} : { ports: ports.map(renderPort) }),
  }));
}

function renderPort({ name, port, protocol, appProtocol }: ServedPort) {
  return {
    ...(name === '' ? {} : { name }),
    port,
    protocol,
    ...(appProtocol === undefined ? {} : { appProtocol }),
  };
}

function renderAddress(service: Stored<Service>, pod: Stored<Pod>): EndpointAddress {
  const hostname = hostnameOf(pod, service);
  return {
    ip: pod.status?.podIP ?? '',
    ...(hostname === undefined ? {} : { hostname }),
    ...(pod.spec?.nodeName === undefined ? {} : { nodeName: pod.spec.nodeName }),
    targetRef: targetReference(pod),
  };
}
