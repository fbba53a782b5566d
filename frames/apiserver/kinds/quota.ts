import type { KubeObject, UnknownObject } from '@croft/api/object';
import { compareQuantities, formatQuantity, parseQuantity, type Quantity } from '@croft/api/quantity';
import type { Container, Pod } from '@croft/api/types';
import { forbidden } from '../failures.ts';
import type { Lookup } from '../kind-rules.ts';

interface ResourceQuota extends KubeObject {
  spec?: { hard?: Record<string, string>; scopes?: string[]; scopeSelector?: unknown };
  status?: { used?: Record<string, string> };
}

type Usage = Record<string, Quantity>;

/**
 * The ResourceQuota plugin: refuses what would go beyond a quota of the namespace. What is used is counted from the
 * objects that stand. `resource` is `plural` or `plural.group`.
 */
export function admitQuota(resource: string, object: KubeObject, old: KubeObject | undefined, lookup: Lookup): void {
  const namespace = object.metadata?.namespace;
  if (namespace === undefined) return;
  const quotas = lookup.list('resourcequotas', namespace) as (UnknownObject & ResourceQuota)[];
  if (quotas.length === 0) return;
  const wanted = difference(usageOf(resource, object), old === undefined ? {} : usageOf(resource, old));
  for (const quota of quotas) checkQuota(quota, resource, wanted, object, lookup);
}

function checkQuota(quota: ResourceQuota, resource: string, wanted: Usage, object: KubeObject, lookup: Lookup): void {
  const spec = quota.spec ?? {};
  if ((spec.scopes?.length ?? 0) > 0 || spec.scopeSelector !== undefined) return;
  const hard = Object.entries(spec.hard ?? {}).filter(([name]) => wanted[name] !== undefined);
  if (resource === 'pods') requireAmounts(quota, object);
  const standing = hard.length === 0 ? [] : lookup.list(resource, object.metadata?.namespace);
  const used = standing.map((one) => usageOf(resource, one)).reduce(sum, {});
  const exceeded = hard
    .filter(([name, limit]) => {
      const total = (used[name]?.nano ?? 0n) + (wanted[name]?.nano ?? 0n);
      return (wanted[name]?.nano ?? 0n) > 0n && total > parseQuantity(limit).nano;
    })
    .map(([name]) => name)
    .sort();
  if (exceeded.length === 0) return;
  const list = (amounts: (name: string) => string) => exceeded.map((name) => `${name}=${amounts(name)}`).join(',');
  const show = (usage: Usage, name: string) => formatQuantity(usage[name] ?? { nano: 0n, format: 'DecimalSI' });
  const why = `exceeded quota: ${quota.metadata?.name}, requested: ${list((name) => show(wanted, name))}, used: ${list((name) => show(used, name))}, limited: ${list((name) => spec.hard?.[name] ?? '0')}`;
  throw refusal(resource, object, why);
}

const computed = ['cpu', 'memory', 'limits.cpu', 'limits.memory', 'requests.cpu', 'requests.memory'];

/** A quota on processor or memory needs every container to say what it takes. */
function requireAmounts(quota: ResourceQuota, object: KubeObject): void {
  const limited = Object.keys(quota.spec?.hard ?? {}).filter((name) => computed.includes(name));
  const containers = (object as Pod).spec?.containers ?? [];
  const missing = limited.filter((name) => containers.some((container) => amountOf(container, name) === undefined));
  if (missing.length === 0) return;
  const names = missing.map((name) => {
    const lacking = containers.filter((container) => amountOf(container, name) === undefined);
    return `${name} for: ${lacking.map((container) => container.name).join(',')}`;
  });
  throw refusal('pods', object, `failed quota: ${quota.metadata?.name}: must specify ${names.sort().join('; ')}`);
}

function refusal(resource: string, object: KubeObject, why: string): Error {
  const [plural = '', ...group] = resource.split('.');
  return forbidden({ plural, group: group.join('.') }, object.metadata?.name ?? '', why);
}

function amountOf({ resources }: Container, name: string): string | undefined {
  const [kind, rest] = name.startsWith('limits.')
    ? ['limits', name.slice(7)]
    : ['requests', name.replace('requests.', '')];
  return (resources?.[kind as 'limits' | 'requests'] as Record<string, string> | undefined)?.[rest ?? ''];
}

const one: Quantity = { nano: 1_000_000_000n, format: 'DecimalSI' };
const countedPlainly = new Set([
  'pods',
  'services',
  'secrets',
  'configmaps',
  'persistentvolumeclaims',
  'replicationcontrollers',
  'resourcequotas',
]);

/** What one object counts for. Pods that have ended count only as objects. */
function usageOf(resource: string, object: KubeObject): Usage {
  const usage: Usage = { [`count/${resource}`]: one };
  if (resource === 'pods') return { ...usage, ...podUsage(object as Pod) };
  if (countedPlainly.has(resource)) usage[resource] = one;
  if (resource === 'services') Object.assign(usage, serviceUsage(object as UnknownObject));
  if (resource === 'persistentvolumeclaims') Object.assign(usage, claimUsage(object as UnknownObject));
  return usage;
}

function podUsage(pod: Pod): Usage {
  const phase = pod.status?.phase;
  if (phase === 'Succeeded' || phase === 'Failed') return {};
  const usage: Usage = { pods: one };
  for (const container of pod.spec?.containers ?? []) {
    for (const kind of ['requests', 'limits'] as const) {
      const amounts = (container.resources?.[kind] ?? {}) as Record<string, string>;
      for (const [name, amount] of Object.entries(amounts)) {
        const quantity = parseQuantity(amount);
        add(usage, `${kind}.${name}`, quantity);
        if (kind === 'requests') add(usage, name, quantity);
      }
    }
  }
  return usage;
}

function serviceUsage(service: UnknownObject): Usage {
  const spec = service.spec as { type?: string; ports?: unknown[] } | undefined;
  const ports: Quantity = { nano: BigInt(spec?.ports?.length ?? 0) * one.nano, format: 'DecimalSI' };
  if (spec?.type === 'NodePort') return { 'services.nodeports': ports };
  return spec?.type === 'LoadBalancer' ? { 'services.nodeports': ports, 'services.loadbalancers': one } : {};
}

function claimUsage(claim: UnknownObject): Usage {
  const spec = claim.spec as
    | { resources?: { requests?: Record<string, string> }; storageClassName?: string }
    | undefined;
  const storage = spec?.resources?.requests?.storage;
  const quantity = storage === undefined ? undefined : parseQuantity(storage);
  const prefix = `${spec?.storageClassName}.storageclass.storage.k8s.io`;
  return {
    ...(quantity === undefined ? {} : { 'requests.storage': quantity, [`${prefix}/requests.storage`]: quantity }),
    [`${prefix}/persistentvolumeclaims`]: one,
  };
}

function add(usage: Usage, name: string, amount: Quantity): void {
  const known = usage[name];
  usage[name] = known === undefined ? amount : { nano: known.nano + amount.nano, format: known.format };
}

function sum(left: Usage, right: Usage): Usage {
  const total = { ...left };
  for (const [name, amount] of Object.entries(right)) add(total, name, amount);
  return total;
}

/** Only what grows. */
function difference(now: Usage, before: Usage): Usage {
  const grown = Object.entries(now).flatMap(([name, amount]): [string, Quantity][] => {
    const last = before[name];
    if (last === undefined) return [[name, amount]];
    if (compareQuantities(amount, last) <= 0) return [];
    return [[name, { nano: amount.nano - last.nano, format: amount.format }]];
  });
  return Object.fromEntries(grown);
}
