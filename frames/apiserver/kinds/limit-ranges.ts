import type { KubeObject, UnknownObject } from '@croft/api/object';
import { compareQuantities, formatQuantity, parseQuantity, quantityToNumber } from '@croft/api/quantity';
import type { Container, PersistentVolumeClaim, Pod, PodSpec } from '@croft/api/types';
import { forbidden } from '../failures.ts';
import type { Lookup } from '../kind-rules.ts';
import type { Amounts, LimitRange, LimitRangeItem } from './config/limit-range.ts';
import { podAmounts } from './quota-usage.ts';

/** What something asks for and may use at most. */
interface Asked {
  readonly requests: Amounts;
  readonly limits: Amounts;
}

/** The LimitRanger plugin on pods: defaults for containers that say nothing, then the limits of the namespace. */
export function admitLimits(pod: Pod, lookup: Lookup): void {
  const items = itemsOf(pod, lookup);
  const ofContainers = items.filter((item) => item.type === 'Container');
  const own = (pod.spec?.containers ?? []).map((one): [string, Container] => ['container', one]);
  const init = (pod.spec?.initContainers ?? []).map((one): [string, Container] => ['init container', one]);
  const containers = [...own, ...init];
  const set = ofContainers.flatMap((item) => containers.flatMap(([what, one]) => applyDefaults(one, item, what)));
  if (set.length > 0) note(pod, `LimitRanger plugin set: ${set.join('; ')}`);
  const faults = items.flatMap((item) => {
    if (item.type === 'Container') return containers.flatMap(([, container]) => findFaults(askedBy(container), item));
    return item.type === 'Pod' && pod.spec !== undefined ? findFaults(askedByPod(pod.spec), item) : [];
  });
  refuse('pods', pod, faults);
}

const claimType = 'PersistentVolumeClaim';

/** The LimitRanger plugin on claims. */
export function admitClaimLimits(claim: PersistentVolumeClaim, lookup: Lookup): void {
  const requests = (claim.spec?.resources?.requests ?? {}) as Amounts;
  const faults = itemsOf(claim, lookup)
    .filter((item) => item.type === claimType)
    .flatMap((item) => [
      ...each(item.min, (name, min) => belowMinimum(name, min, { requests, limits: {} }, claimType)),
      ...each(item.max, (name, max) => aboveMaximumRequest(name, max, requests, claimType)),
    ]);
  refuse('persistentvolumeclaims', claim, faults);
}

function itemsOf(object: KubeObject, lookup: Lookup): LimitRangeItem[] {
  const ranges = lookup.list('limitranges', object.metadata?.namespace) as (UnknownObject & LimitRange)[];
  return ranges.flatMap((range) => range.spec?.limits ?? []);
}

function refuse(plural: string, object: KubeObject, faults: readonly string[]): void {
  const [first] = faults;
  if (first === undefined) return;
  const why = faults.length === 1 ? first : `[${faults.join(', ')}]`;
  throw forbidden({ group: '', plural }, object.metadata?.name ?? '', why);
}

const askedBy = ({ resources }: Container): Asked => ({
  requests: (resources?.requests ?? {}) as Amounts,
  limits: (resources?.limits ?? {}) as Amounts,
});

function askedByPod(spec: PodSpec): Asked {
  const amounts = (kind: 'requests' | 'limits') =>
    Object.fromEntries(Object.entries(podAmounts(spec, kind)).map(([name, amount]) => [name, formatQuantity(amount)]));
  return { requests: amounts('requests'), limits: amounts('limits') };
}

function note(pod: Pod, text: string): void {
  const annotations = { ...pod.metadata?.annotations, 'kubernetes.io/limit-ranger': text };
  pod.metadata = { ...pod.metadata, annotations };
}

/** Says what was set: `cpu, memory request for container c`. */
function applyDefaults(container: Container, item: LimitRangeItem, what: string): string[] {
  const resources = { ...container.resources };
  const given = { limits: item.default ?? {}, requests: item.defaultRequest ?? {} };
  const words = { requests: 'request', limits: 'limit' };
  const set: string[] = [];
  for (const kind of ['requests', 'limits'] as const) {
    const own = (resources[kind] ?? {}) as Amounts;
    const missing = Object.keys(given[kind]).filter((name) => own[name] === undefined);
    if (missing.length === 0) continue;
    resources[kind] = { ...given[kind], ...own };
    set.push(`${missing.sort().join(', ')} ${words[kind]} for ${what} ${container.name}`);
  }
  container.resources = resources;
  return set;
}

function findFaults(asked: Asked, { type = '', min, max, maxLimitRequestRatio }: LimitRangeItem): string[] {
  return [
    ...each(min, (name, amount) => belowMinimum(name, amount, asked, type)),
    ...each(max, (name, amount) => aboveMaximum(name, amount, asked, type)),
    ...each(maxLimitRequestRatio, (name, amount) => aboveRatio(name, amount, asked, type)),
  ];
}

function each(amounts: Amounts | undefined, check: (name: string, amount: string) => string | undefined): string[] {
  return Object.entries(amounts ?? {}).flatMap(([name, amount]) => check(name, amount) ?? []);
}

const isGreater = (left: string, right: string) => compareQuantities(parseQuantity(left), parseQuantity(right)) > 0;

function aboveMaximum(name: string, max: string, { limits, requests }: Asked, type: string): string | undefined {
  const limit = limits[name];
  const request = requests[name];
  const rule = `maximum ${name} usage per ${type} is ${max}`;
  if (limit === undefined) return `${rule}.  No limit is specified`;
  if (isGreater(limit, max)) return `${rule}, but limit is ${limit}`;
  return request !== undefined && isGreater(request, max) ? `${rule}, but request is ${request}` : undefined;
}

function aboveMaximumRequest(name: string, max: string, requests: Amounts, type: string): string | undefined {
  const request = requests[name];
  const rule = `maximum ${name} usage per ${type} is ${max}`;
  if (request === undefined) return `${rule}.  No request is specified`;
  return isGreater(request, max) ? `${rule}, but request is ${request}` : undefined;
}

function belowMinimum(name: string, min: string, { limits, requests }: Asked, type: string): string | undefined {
  const limit = limits[name];
  const request = requests[name];
  const rule = `minimum ${name} usage per ${type} is ${min}`;
  if (request === undefined) return `${rule}.  No request is specified`;
  if (isGreater(min, request)) return `${rule}, but request is ${request}`;
  return limit !== undefined && isGreater(min, limit) ? `${rule}, but limit is ${limit}` : undefined;
}

function aboveRatio(name: string, most: string, { limits, requests }: Asked, type: string): string | undefined {
  const limit = quantityToNumber(parseQuantity(limits[name] ?? '0'));
  const request = quantityToNumber(parseQuantity(requests[name] ?? '0'));
  const rule = `${name} max limit to request ratio per ${type} is ${most}`;
  if (request === 0) return `${rule}, but no request is specified or request is 0`;
  if (limit === 0) return `${rule}, but no limit is specified or limit is 0`;
  const ratio = limit / request;
  return ratio > quantityToNumber(parseQuantity(most))
    ? `${rule}, but provided ratio is ${ratio.toFixed(6)}`
    : undefined;
}
