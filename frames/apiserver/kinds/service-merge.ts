import type { Service } from '@croft/api/types';
import { jsonEqual } from '@croft/foundation/json';
import { hasAddress, isExternal } from './service-checks.ts';

// pkg/registry/core/service: patchAllocatedValues, normalizeClusterIPs, dropTypeDependentFields

type Spec = NonNullable<Service['spec']>;

const sameList = (left: readonly unknown[] = [], right: readonly unknown[] = []) => jsonEqual(left, right);

const needsHealthPort = (spec: Spec) => spec.type === 'LoadBalancer' && spec.externalTrafficPolicy === 'Local';

/** An update that leaves out what the server once gave keeps it. */
export function keepAllocated(spec: Spec, old: Spec): void {
  if (hasAddress(spec) && hasAddress(old)) {
    spec.clusterIP ||= old.clusterIP ?? '';
    if (spec.clusterIP === '') delete spec.clusterIP;
    const none = (spec.clusterIPs ?? []).length === 0;
    if (none && spec.clusterIP === old.clusterIP && old.clusterIPs !== undefined) spec.clusterIPs = [...old.clusterIPs];
  }
  if (isExternal(spec) && isExternal(old)) keepNodePorts(spec, old);
  if (needsHealthPort(spec) && needsHealthPort(old) && old.healthCheckNodePort !== undefined) {
    spec.healthCheckNodePort ??= old.healthCheckNodePort;
  }
}

/** Ports are known by their names: one without a node port gets that of its namesake, unless another took it. */
function keepNodePorts(spec: Spec, old: Spec): void {
  const before = new Map((old.ports ?? []).map(({ name = '', nodePort }) => [name, nodePort]));
  const used = new Set((spec.ports ?? []).map(({ nodePort }) => nodePort));
  for (const port of spec.ports ?? []) {
    const kept = before.get(port.name ?? '');
    if (port.nodePort !== undefined || kept === undefined || used.has(kept)) continue;
    port.nodePort = kept;
    used.add(kept);
  }
}

/** The one address and the list of addresses say the same, whichever of them a client knows. */
export function alignAddresses(spec: Spec, old: Spec | undefined): void {
  const { clusterIP = '', clusterIPs = [] } = spec;
  if (old === undefined) {
    if (clusterIP !== '' && clusterIPs.length === 0) spec.clusterIPs = [clusterIP];
    return;
  }
  if (clusterIP === (old.clusterIP ?? '') || !sameList(clusterIPs, old.clusterIPs)) return;
  if (clusterIP === '') delete spec.clusterIPs;
  else spec.clusterIPs = [clusterIP];
}

/** What came with the old type goes with it, unless the update set it anew. */
export function dropWithType(spec: Spec, old: Spec): void {
  if (hasAddress(old) && !hasAddress(spec) && sameList(spec.clusterIPs, old.clusterIPs)) {
    delete spec.clusterIP;
    delete spec.clusterIPs;
  }
  const ports = (of: Spec) => (of.ports ?? []).map(({ nodePort }) => nodePort);
  if (isExternal(old) && !isExternal(spec) && sameList(ports(spec), ports(old))) {
    for (const port of spec.ports ?? []) delete port.nodePort;
  }
  const dropUnchanged = (needs: (one: Spec) => boolean, field: keyof Spec) => {
    if (needs(old) && !needs(spec) && jsonEqual(spec[field], old[field])) delete spec[field];
  };
  const isBalanced = (one: Spec) => one.type === 'LoadBalancer';
  dropUnchanged(needsHealthPort, 'healthCheckNodePort');
  dropUnchanged(isBalanced, 'allocateLoadBalancerNodePorts');
  dropUnchanged(isBalanced, 'loadBalancerClass');
  dropUnchanged(isReachable, 'externalTrafficPolicy');
  for (const field of ['ipFamilies', 'ipFamilyPolicy', 'internalTrafficPolicy'] as const) {
    dropUnchanged(hasAddress, field);
  }
}

/** Whether others than the cluster's own can reach the service. */
export function isReachable(spec: Spec): boolean {
  return isExternal(spec) || (spec.type === 'ClusterIP' && (spec.externalIPs?.length ?? 0) > 0);
}
