import { pods } from '@croft/api/kinds';
import { matchesLabels } from '@croft/api/label-selector';
import type { Stored } from '@croft/api/object';
import type { Pod, Service } from '@croft/api/types';
import type { WorkloadContext } from '../context.ts';
import { isEnded } from '../pods/pod-state.ts';

export function hasSelector(service: Service): boolean {
  return service.spec?.type !== 'ExternalName' && Object.keys(service.spec?.selector ?? {}).length > 0;
}

export function isHeadless(service: Service): boolean {
  return service.spec?.clusterIP === 'None';
}

/** The Pods that a Service may send traffic to: chosen by its selector, with an address, not ended. By name. */
export function backingPods(context: WorkloadContext, service: Stored<Service>): Stored<Pod>[] {
  const selector = service.spec?.selector ?? {};
  return context.informers
    .of(pods)
    .list(service.metadata.namespace)
    .filter((pod) => matchesLabels(selector, pod.metadata.labels) && !isEnded(pod) && (pod.status?.podIP ?? '') !== '')
    .sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
}

/** A Pod's own name below its Service, where it asked for one. */
export function hostnameOf(pod: Stored<Pod>, service: Stored<Service>): string | undefined {
  const { hostname, subdomain } = pod.spec ?? {};
  return hostname !== undefined && hostname !== '' && subdomain === service.metadata.name ? hostname : undefined;
}

export function targetReference({ metadata }: Stored<Pod>) {
  const { namespace = '', name, uid } = metadata;
  return { kind: 'Pod', namespace, name, uid };
}
