import { type FieldError, invalidField, invalidObject } from '@croft/api/field-error';
import type { UnknownObject } from '@croft/api/object';
import type { Entry, RevisionLog } from '@croft/store/contract';
import { ipv4Range } from './ipv4-range.ts';
import { parseEntry, prefixOf } from './served-resource.ts';

export interface ServiceAddressOptions {
  /** `10.96.0.0/16`. The first address belongs to the API itself. */
  readonly serviceCidr: string;
  /** First and last node port. */
  readonly nodePorts: readonly [number, number];
}

interface ServicePort {
  nodePort?: number;
  protocol?: string;
}

interface ServiceSpec {
  type?: string;
  clusterIP?: string;
  clusterIPs?: string[];
  ports?: ServicePort[] | null;
  allocateLoadBalancerNodePorts?: boolean;
  externalTrafficPolicy?: string;
  healthCheckNodePort?: number;
}

/** Where Services are kept. */
export const servicesPrefix = prefixOf('', 'services');

/**
 * Gives Services their cluster addresses and node ports. What is taken is read from the Services themselves, and from
 * the claims of writes that are not durable yet, so that there is nothing to keep in step.
 */
export class ServiceAddresses {
  readonly #store: RevisionLog;
  readonly #range: ReturnType<typeof ipv4Range>;
  readonly #nodePorts: readonly [number, number];
  readonly #pending = new Set<string>();

  constructor(store: RevisionLog, options: ServiceAddressOptions) {
    this.#store = store;
    this.#range = ipv4Range(options.serviceCidr);
    this.#nodePorts = options.nodePorts;
  }

  /** The address at which the API itself is found inside. */
  get apiAddress(): string {
    return this.#range.at(1);
  }

  /** Fills in what the Service lacks; throws 422 when it asks for what is taken. Dispose when the write is done. */
  claim(service: UnknownObject, old: UnknownObject | undefined): Disposable {
    const spec = (service.spec ?? {}) as ServiceSpec;
    const own = new Set(old === undefined ? [] : claimsOf(old));
    const taken = this.#taken(own);
    const claimed: string[] = [];
    const errors: FieldError[] = [];
    const take = (claim: string) => {
      taken.add(claim);
      claimed.push(claim);
    };
    this.#claimAddress(spec, taken, take, errors);
    this.#claimPorts(spec, taken, take, errors);
    if (errors.length > 0) {
      throw invalidObject({ group: '', kind: 'Service' }, service.metadata?.name ?? '', errors);
    }
    for (const claim of claimed) this.#pending.add(claim);
    return {
      [Symbol.dispose]: () => {
        for (const claim of claimed) this.#pending.delete(claim);
      },
    };
  }

  #taken(own: ReadonlySet<string>): Set<string> {
    const taken = new Set(this.#pending);
    for (const entry of this.#store.range(servicesPrefix).entries)
      for (const claim of entryClaims(entry)) taken.add(claim);
    for (const claim of own) taken.delete(claim);
    return taken;
  }

  #claimAddress(spec: ServiceSpec, taken: Set<string>, take: (claim: string) => void, errors: FieldError[]): void {
    if (spec.type === 'ExternalName' || spec.clusterIP === 'None') return;
    const wanted = spec.clusterIP || spec.clusterIPs?.[0];
    if (wanted === undefined) {
      const free = this.#range.pick((address) => !taken.has(address));
      if (free === undefined)
        errors.push(invalidField('spec.clusterIPs', [], 'failed to allocate a serviceIP: range is full'));
      else {
        spec.clusterIP = free;
        spec.clusterIPs = [free];
        take(free);
      }
      return;
    }
    if (!this.#range.contains(wanted)) {
      const why = `failed to allocate IP ${wanted}: the provided network does not match the current range`;
      errors.push(invalidField('spec.clusterIPs', [wanted], why));
    } else if (taken.has(wanted)) {
      const why = `failed to allocate IP ${wanted}: provided IP is already allocated`;
      errors.push(invalidField('spec.clusterIPs', [wanted], why));
    } else {
      take(wanted);
    }
  }

  #claimPorts(spec: ServiceSpec, taken: Set<string>, take: (claim: string) => void, errors: FieldError[]): void {
    const balanced = spec.type === 'LoadBalancer';
    if (spec.type !== 'NodePort' && !balanced) return;
    const optional = balanced && spec.allocateLoadBalancerNodePorts === false;
    for (const [index, port] of (spec.ports ?? []).entries()) {
      if (!port.nodePort && optional) continue;
      const why = this.#claimPort(port, taken);
      if (why === undefined) take(portClaim(port));
      else errors.push(invalidField(`spec.ports[${index}].nodePort`, port.nodePort ?? 0, why));
    }
    if (!balanced || spec.externalTrafficPolicy !== 'Local' || spec.healthCheckNodePort) return;
    const free = this.#freePort(taken);
    if (free === undefined) return;
    spec.healthCheckNodePort = free;
    take(portClaim({ nodePort: free }));
  }

  /** Why the port cannot be had; undefined when it can, or a free one was filled in. */
  #claimPort(port: ServicePort, taken: ReadonlySet<string>): string | undefined {
    const [first, last] = this.#nodePorts;
    if (!port.nodePort) {
      const free = this.#freePort(taken);
      if (free !== undefined) port.nodePort = free;
      return free === undefined ? 'range is full' : undefined;
    }
    if (port.nodePort < first || port.nodePort > last) {
      return `provided port is not in the valid range. The range of valid ports is ${first}-${last}`;
    }
    return taken.has(portClaim(port)) ? 'provided port is already allocated' : undefined;
  }

  #freePort(taken: ReadonlySet<string>): number | undefined {
    const [first, last] = this.#nodePorts;
    const size = last - first + 1;
    const start = Math.floor(Math.random() * size);
    for (let step = 0; step < size; step += 1) {
      const nodePort = first + ((start + step) % size);
      if (['TCP', 'UDP', 'SCTP'].every((protocol) => !taken.has(portClaim({ nodePort, protocol })))) return nodePort;
    }
    return undefined;
  }
}

const portClaim = ({ nodePort, protocol = 'TCP' }: ServicePort): string => `${protocol}/${nodePort}`;

const known = new WeakMap<Entry, string[]>();

function entryClaims(entry: Entry): string[] {
  let claims = known.get(entry);
  if (claims === undefined) {
    claims = claimsOf(parseEntry(entry));
    known.set(entry, claims);
  }
  return claims;
}

function claimsOf(service: UnknownObject): string[] {
  const spec = (service.spec ?? {}) as ServiceSpec;
  const ports = (spec.ports ?? []).filter(({ nodePort }) => nodePort).map(portClaim);
  if (spec.healthCheckNodePort) ports.push(portClaim({ nodePort: spec.healthCheckNodePort }));
  return [...(spec.clusterIPs ?? []).filter((address) => address !== 'None'), ...ports];
}
