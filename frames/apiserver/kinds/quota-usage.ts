import type { KubeObject, UnknownObject } from '@croft/api/object';
import { parseQuantity, type Quantity } from '@croft/api/quantity';
import type { Container, Pod, PodSpec } from '@croft/api/types';

/** Amounts by the name that a quota limits them by: `requests.cpu`, `count/secrets`. */
export type Usage = Record<string, Quantity>;

export const zero: Quantity = { nano: 0n, format: 'DecimalSI' };
const one: Quantity = { nano: 1_000_000_000n, format: 'DecimalSI' };

const countedPlainly = new Set([
  'configmaps',
  'persistentvolumeclaims',
  'replicationcontrollers',
  'resourcequotas',
  'secrets',
  'services',
]);

/**
 * What one object counts for (pkg/quota/v1/evaluator/core). `resource` is `plural` or `plural.group`. Pods that have
 * ended count as objects only.
 */
export function usageOf(resource: string, object: KubeObject): Usage {
  const usage: Usage = { [`count/${resource}`]: one };
  if (countedPlainly.has(resource)) usage[resource] = one;
  if (resource === 'pods') Object.assign(usage, podUsage(object as Pod));
  if (resource === 'services') Object.assign(usage, serviceUsage(object as UnknownObject));
  if (resource === 'persistentvolumeclaims') Object.assign(usage, claimUsage(object as UnknownObject));
  return usage;
}

const podNames = new Set([
  'pods',
  'cpu',
  'memory',
  'ephemeral-storage',
  'limits.cpu',
  'limits.memory',
  'limits.ephemeral-storage',
]);

/** Whether objects of a resource count for what a quota limits by that name. */
export function countsFor(resource: string, name: string): boolean {
  if (name === `count/${resource}` || (countedPlainly.has(resource) && name === resource)) return true;
  if (resource === 'services') return name === 'services.nodeports' || name === 'services.loadbalancers';
  if (resource === 'persistentvolumeclaims') {
    return name === 'requests.storage' || /\.storageclass\.storage\.k8s\.io\//.test(name);
  }
  if (resource !== 'pods') return false;
  return (
    podNames.has(name) || /^hugepages-/.test(name) || (name.startsWith('requests.') && name !== 'requests.storage')
  );
}

function podUsage(pod: Pod): Usage {
  const phase = pod.status?.phase;
  if (phase === 'Succeeded' || phase === 'Failed') return {};
  const usage: Usage = { pods: one };
  for (const [name, amount] of Object.entries(podAmounts(pod.spec, 'requests'))) {
    usage[`requests.${name}`] = amount;
    if (['cpu', 'memory', 'ephemeral-storage'].includes(name) || name.startsWith('hugepages-')) usage[name] = amount;
  }
  for (const [name, amount] of Object.entries(podAmounts(pod.spec, 'limits'))) usage[`limits.${name}`] = amount;
  return usage;
}

/** Containers side by side or the init container that takes most, and what the Pod takes itself. */
export function podAmounts(spec: PodSpec | undefined, kind: 'requests' | 'limits'): Usage {
  const side = (spec?.containers ?? []).map((container) => amountsOf(container, kind)).reduce(addUsage, {});
  const init = (spec?.initContainers ?? []).map((container) => amountsOf(container, kind)).reduce(larger, {});
  const overhead = Object.entries((spec?.overhead ?? {}) as Record<string, string>);
  return addUsage(larger(side, init), Object.fromEntries(overhead.map(([name, text]) => [name, parseQuantity(text)])));
}

function amountsOf({ resources }: Container, kind: 'requests' | 'limits'): Usage {
  const amounts = Object.entries((resources?.[kind] ?? {}) as Record<string, string>);
  return Object.fromEntries(amounts.map(([name, text]) => [name, parseQuantity(text)]));
}

function larger(left: Usage, right: Usage): Usage {
  const most = { ...left };
  for (const [name, amount] of Object.entries(right)) {
    if (amount.nano > (most[name]?.nano ?? -1n)) most[name] = amount;
  }
  return most;
}

function serviceUsage(service: UnknownObject): Usage {
  const spec = service.spec as
    | { type?: string; ports?: unknown[]; allocateLoadBalancerNodePorts?: boolean }
    | undefined;
  const ports: Quantity = { nano: BigInt(spec?.ports?.length ?? 0) * one.nano, format: 'DecimalSI' };
  if (spec?.type === 'NodePort') return { 'services.nodeports': ports };
  if (spec?.type !== 'LoadBalancer') return {};
  const nodePorts = spec.allocateLoadBalancerNodePorts === false ? zero : ports;
  return { 'services.nodeports': nodePorts, 'services.loadbalancers': one };
}

function claimUsage(claim: UnknownObject): Usage {
  const spec = claim.spec as
    | { resources?: { requests?: Record<string, string> }; storageClassName?: string }
    | undefined;
  const storage = spec?.resources?.requests?.storage;
  const quantity = storage === undefined ? undefined : parseQuantity(storage);
  const prefix = spec?.storageClassName ? `${spec.storageClassName}.storageclass.storage.k8s.io` : undefined;
  return {
    ...(quantity === undefined ? {} : { 'requests.storage': quantity }),
    ...(prefix === undefined ? {} : { [`${prefix}/persistentvolumeclaims`]: one }),
    ...(prefix === undefined || quantity === undefined ? {} : { [`${prefix}/requests.storage`]: quantity }),
  };
}

/** A sum takes the notation of its first part that is not zero. */
export function addUsage(left: Usage, right: Usage): Usage {
  const total = { ...left };
  for (const [name, amount] of Object.entries(right)) {
    const known = total[name];
    if (known === undefined || known.nano === 0n) total[name] = amount;
    else total[name] = { nano: known.nano + amount.nano, format: known.format };
  }
  return total;
}

/** Only what grows. */
export function growthOf(now: Usage, before: Usage): Usage {
  const grown = Object.entries(now).flatMap(([name, amount]): [string, Quantity][] => {
    const nano = amount.nano - (before[name]?.nano ?? 0n);
    return nano > 0n ? [[name, { nano, format: amount.format }]] : [];
  });
  return Object.fromEntries(grown);
}
