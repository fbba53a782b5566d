import type { KubeObject, UnknownObject } from '@croft/api/object';
import { compareQuantities, parseQuantity } from '@croft/api/quantity';
import type { Container, Pod } from '@croft/api/types';
import { forbidden } from '../failures.ts';
import type { Lookup } from '../kind-rules.ts';

type Amounts = Record<string, string>;

interface LimitRangeItem {
  type: string;
  max?: Amounts;
  min?: Amounts;
  default?: Amounts;
  defaultRequest?: Amounts;
}

interface LimitRange extends KubeObject {
  spec?: { limits?: LimitRangeItem[] };
}

/** The LimitRanger plugin on pods: defaults for containers that say nothing, then the limits of the namespace. */
export function admitLimits(pod: Pod, lookup: Lookup): void {
  const ranges = lookup.list('limitranges', pod.metadata?.namespace) as (UnknownObject & LimitRange)[];
  const items = ranges.flatMap((range) => range.spec?.limits ?? []).filter((item) => item.type === 'Container');
  const own = (pod.spec?.containers ?? []).map((one): [string, Container] => ['container', one]);
  const init = (pod.spec?.initContainers ?? []).map((one): [string, Container] => ['init container', one]);
  const containers = [...own, ...init];
  const set = items.flatMap((item) => containers.flatMap(([what, one]) => applyDefaults(one, item, what)));
  if (set.length > 0) note(pod, `LimitRanger plugin set: ${set.join('; ')}`);
  const faults = items.flatMap((item) => containers.flatMap(([, container]) => findFaults(container, item)));
  if (faults.length === 0) return;
  const why = faults.length === 1 ? (faults[0] ?? '') : `[${faults.join(', ')}]`;
  throw forbidden({ group: '', plural: 'pods' }, pod.metadata?.name ?? '', why);
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

function findFaults(container: Container, item: LimitRangeItem): string[] {
  const limits = (container.resources?.limits ?? {}) as Amounts;
  const requests = (container.resources?.requests ?? {}) as Amounts;
  const above = Object.entries(item.max ?? {}).flatMap(([name, max]) => aboveMaximum(name, max, limits, requests));
  const below = Object.entries(item.min ?? {}).flatMap(([name, min]) => belowMinimum(name, min, limits, requests));
  return [...below, ...above];
}

const isGreater = (left: string, right: string) => compareQuantities(parseQuantity(left), parseQuantity(right)) > 0;

function aboveMaximum(name: string, max: string, limits: Amounts, requests: Amounts): string[] {
  const limit = limits[name];
  const request = requests[name];
  const rule = `maximum ${name} usage per Container is ${max}`;
  if (limit === undefined) return [`${rule}.  No limit is specified`];
  if (isGreater(limit, max)) return [`${rule}, but limit is ${limit}`];
  return request !== undefined && isGreater(request, max) ? [`${rule}, but request is ${request}`] : [];
}

function belowMinimum(name: string, min: string, limits: Amounts, requests: Amounts): string[] {
  const limit = limits[name];
  const request = requests[name];
  const rule = `minimum ${name} usage per Container is ${min}`;
  if (request === undefined) return [`${rule}.  No request is specified`];
  if (isGreater(min, request)) return [`${rule}, but request is ${request}`];
  return limit !== undefined && isGreater(min, limit) ? [`${rule}, but limit is ${limit}`] : [];
}
