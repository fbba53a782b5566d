import type { KubeObject, UnknownObject } from '@croft/api/object';
import { formatQuantity, parseQuantity } from '@croft/api/quantity';
import type { Container, Pod } from '@croft/api/types';
import type { RevisionLog } from '@croft/store/contract';
import { forbidden } from './failures.ts';
import { isInScope, type ScopeTerm } from './kinds/quota-scopes.ts';
import { addUsage, countsFor, growthOf, type Usage, usageOf, zero } from './kinds/quota-usage.ts';
import { parseEntry, prefixOf, rangePrefix, type ServedResource } from './served-resource.ts';

type Amounts = Record<string, string>;

export interface ResourceQuota extends UnknownObject {
  spec?: { hard?: Amounts; scopes?: string[]; scopeSelector?: { matchExpressions?: ScopeTerm[] } };
  status?: { hard?: Amounts; used?: Amounts };
}

export const quotasPrefix = prefixOf('', 'resourcequotas');

/** Resources whose objects may come to count for more after they were created. */
const countedOnUpdate = new Set(['services', 'persistentvolumeclaims']);

/** What counts as used: the objects that stand, or what the status says where something else keeps it. */
type UsedSource = 'objects' | 'status';

/**
 * The ResourceQuota plugin: refuses what would go beyond a quota of the namespace, once its status says that it holds.
 * What writes on their way are going to take is kept here until they are durable.
 */
export class QuotaClaims {
  readonly #store: RevisionLog;
  readonly #source: UsedSource;
  readonly #pending = new Set<{ readonly quota: string; readonly usage: Usage }>();

  constructor(store: RevisionLog, source: UsedSource) {
    this.#store = store;
    this.#source = source;
  }

  /** Throws 403. Dispose when the write is done. */
  claim(served: ServedResource, object: KubeObject, old: KubeObject | undefined): Disposable | undefined {
    const namespace = object.metadata?.namespace;
    if (!served.resource.namespaced || namespace === undefined) return undefined;
    const { entries } = this.#store.range(`${quotasPrefix}${namespace}/`);
    if (entries.length === 0) return undefined;
    const { plural, group } = served.resource;
    const resource = group === '' ? plural : `${plural}.${group}`;
    if (old !== undefined && !countedOnUpdate.has(resource)) return undefined;
    const wanted = growthOf(usageOf(resource, object), old === undefined ? {} : usageOf(resource, old));
    const claims = entries
      .map((entry) => parseEntry(entry) as ResourceQuota)
      .filter(({ spec = {} }) => isInScope(spec, resource, object))
      .map((quota) => ({
        quota: quota.metadata?.uid ?? '',
        usage: this.#check(quota, { served, resource, wanted, object }),
      }));
    for (const claim of claims) this.#pending.add(claim);
    return {
      [Symbol.dispose]: () => {
        for (const claim of claims) this.#pending.delete(claim);
      },
    };
  }

  #check(quota: ResourceQuota, asking: Asking): Usage {
    const { metadata, status } = quota;
    const { resource, wanted, object } = asking;
    const hard = status?.hard ?? {};
    const names = Object.keys(hard)
      .filter((name) => countsFor(resource, name))
      .sort();
    const quotaName = metadata?.name ?? '';
    if (resource === 'pods') requireAmounts(quotaName, names, object as Pod);
    if (names.some((name) => status?.used?.[name] === undefined)) {
      const all = Object.keys(hard).sort().join(',');
      throw refusal(resource, object, `status unknown for quota: ${quotaName}, resources: ${all}`);
    }
    const used = this.#usedOf(quota, asking);
    const asked = names.filter((name) => wanted[name] !== undefined);
    const exceeded = asked.filter((name) => {
      const total = (used[name] ?? zero).nano + (wanted[name] ?? zero).nano;
      return total > parseQuantity(hard[name] ?? '0').nano;
    });
    if (exceeded.length > 0) {
      const list = (usage: Usage) => exceeded.map((name) => `${name}=${formatQuantity(usage[name] ?? zero)}`).join(',');
      const limited = exceeded.map((name) => `${name}=${hard[name]}`).join(',');
      const why = `exceeded quota: ${quotaName}, requested: ${list(wanted)}, used: ${list(used)}, limited: ${limited}`;
      throw refusal(resource, object, why);
    }
    return Object.fromEntries(asked.map((name) => [name, wanted[name] ?? zero]));
  }

  #usedOf({ metadata, spec = {}, status }: ResourceQuota, { served, resource, object }: Asking): Usage {
    const pending = [...this.#pending].filter(({ quota }) => quota === metadata?.uid).map(({ usage }) => usage);
    if (this.#source === 'status') {
      const used = Object.entries(status?.used ?? {}).map(([name, text]) => [name, parseQuantity(text)] as const);
      return pending.reduce(addUsage, Object.fromEntries(used));
    }
    const { entries } = this.#store.range(rangePrefix(served, object.metadata?.namespace ?? ''));
    const counted = entries.map(parseEntry).filter((one) => isInScope(spec, resource, one));
    return [...counted.map((one) => usageOf(resource, one)), ...pending].reduce(addUsage, {});
  }
}

/** A write that is going to take something. */
interface Asking {
  readonly served: ServedResource;
  readonly resource: string;
  readonly wanted: Usage;
  readonly object: KubeObject;
}

const computed = new Set(['cpu', 'memory', 'limits.cpu', 'limits.memory', 'requests.cpu', 'requests.memory']);

/** A quota on processor or memory needs every container to say what it takes. */
function requireAmounts(quotaName: string, names: readonly string[], pod: Pod): void {
  const containers = [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])];
  const missing = names.flatMap((name) => {
    if (!computed.has(name)) return [];
    const lacking = containers.filter((container) => amountOf(container, name) === undefined);
    return lacking.length === 0
      ? []
      : [
          `${name} for: ${lacking
            .map((container) => container.name)
            .sort()
            .join(',')}`,
        ];
  });
  if (missing.length > 0) throw refusal('pods', pod, `failed quota: ${quotaName}: must specify ${missing.join('; ')}`);
}

function refusal(resource: string, object: KubeObject, why: string): Error {
  const [plural = '', ...group] = resource.split('.');
  return forbidden({ plural, group: group.join('.') }, object.metadata?.name ?? '', why);
}

function amountOf({ resources }: Container, name: string): string | undefined {
  const kind = name.startsWith('limits.') ? 'limits' : 'requests';
  return (resources?.[kind] as Amounts | undefined)?.[name.replace(/^(limits|requests)\./, '')];
}
