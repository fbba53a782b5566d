import { isIPv4 } from 'node:net';
import type { EndpointSlice, Service } from '@croft/api/types';
import {
  clusterAddressesOf,
  groupSlices,
  isHeadless,
  readyEndpoints,
  servingEndpoints,
  slicesOf,
} from '../endpoints/backends.ts';
import type { NameRecords, ZoneFile } from './zone.ts';

export interface RecordsOptions {
  /** Such as `cluster.local`. */
  clusterDomain: string;
  serviceCidr: string;
  podCidr: string;
  /** Names that lead to the front door, such as the hosts of Ingresses; a first label `*` is any label. */
  frontDoorNames: Iterable<string>;
  frontDoorAddress: string;
}

function backendsZone(clusterDomain: string): string {
  return `backends.${clusterDomain}`;
}

/** The name under which the front door finds the serving backends of any Service; no part of Kubernetes' names. */
export function backendsName(namespace: string, service: string, clusterDomain: string): string {
  return `${service}.${namespace}.${backendsZone(clusterDomain)}`;
}

/** All names of the instance, after Kubernetes' DNS-Based Service Discovery, version 1.1.0. */
export function renderRecords(
  services: Iterable<Service>,
  slices: Iterable<EndpointSlice>,
  options: RecordsOptions,
): ZoneFile {
  const { clusterDomain, serviceCidr, podCidr } = options;
  const records: Record<string, NameRecords> = { [`dns-version.${clusterDomain}`]: { txt: '1.1.0' } };
  const at = (name: string) => {
    const found = records[name.toLowerCase()] ?? {};
    records[name.toLowerCase()] = found;
    return found;
  };
  const groups = groupSlices(slices);
  for (const service of services) {
    const { name = '', namespace = '' } = service.metadata ?? {};
    const base = `${name}.${namespace}.svc.${clusterDomain}`;
    const own = slicesOf(service, groups);
    if (service.spec?.type === 'ExternalName') addExternalName(service, base, at);
    else if (isHeadless(service)) addEndpoints(service, own, base, at);
    else addClusterAddresses(service, base, at);
    const serving = servingEndpoints(service, own).flatMap(({ endpoint }) => endpoint.addresses);
    for (const address of serving) addAddress(at(backendsName(namespace, name, clusterDomain)), address);
  }
  for (const host of options.frontDoorNames) addAddress(at(host), options.frontDoorAddress);
  return {
    zones: [clusterDomain, ...reverseZones(serviceCidr), ...reverseZones(podCidr)],
    awaited: backendsZone(clusterDomain),
    records: sorted(records),
  };
}

type At = (name: string) => NameRecords;

function addExternalName(service: Service, base: string, at: At): void {
  const target = service.spec?.externalName?.replace(/\.$/, '').toLowerCase();
  if (target === undefined || target === '') return;
  if (isIPv4(target)) addAddress(at(base), target);
  else at(base).cname = target;
}

function addClusterAddresses(service: Service, base: string, at: At): void {
  for (const address of clusterAddressesOf(service)) {
    addAddress(at(base), address);
    addPointer(at(reverseName(address)), base);
    for (const { name, protocol = 'TCP', port } of service.spec?.ports ?? []) {
      addPort(at(base), base, port);
      if (name) addPort(at(`_${name}._${protocol}.${base}`), base, port);
    }
  }
}

function addEndpoints(service: Service, slices: readonly EndpointSlice[], base: string, at: At): void {
  for (const { slice, endpoint } of readyEndpoints(service, slices)) {
    for (const address of endpoint.addresses) {
      const host = `${endpoint.hostname ?? address.replaceAll('.', '-')}.${base}`;
      addAddress(at(base), address);
      addAddress(at(host), address);
      addPointer(at(reverseName(address)), host);
      for (const { name, protocol = 'TCP', port } of slice.ports ?? []) {
        if (port === undefined) continue;
        addPort(at(base), host, port);
        if (name) addPort(at(`_${name}._${protocol}.${base}`), host, port);
      }
    }
  }
}

function addAddress(records: NameRecords, address: string): void {
  if (!isIPv4(address) || records.a?.includes(address)) return;
  records.a = [...(records.a ?? []), address].sort();
}

function addPointer(records: NameRecords, name: string): void {
  records.ptr = [...new Set([...(records.ptr ?? []), name.toLowerCase()])].sort();
}

function addPort(records: NameRecords, name: string, port: number): void {
  const target = name.toLowerCase();
  const known = records.srv ?? [];
  if (known.some((record) => record.target === target && record.port === port)) return;
  records.srv = [...known, { target, port }].sort((a, b) => (a.target < b.target ? -1 : 1));
}

function reverseName(address: string): string {
  return `${address.split('.').reverse().join('.')}.in-addr.arpa`;
}

/** The zones of in-addr.arpa that cover a network: several where its prefix does not end at a dot. */
function reverseZones(cidr: string): string[] {
  const [network = '', length = '32'] = cidr.split('/');
  const octets = network.split('.').map(Number);
  const whole = Math.min(3, Math.floor(Number(length) / 8));
  const fixed = octets.slice(0, whole);
  const rest = Number(length) - whole * 8;
  if (rest === 0) return [reversed(fixed)];
  const count = 2 ** Math.max(0, 8 - rest);
  const first = (octets[whole] ?? 0) & ~(count - 1);
  return Array.from({ length: count }, (_, index) => reversed([...fixed, first + index]));
}

function reversed(octets: readonly number[]): string {
  return `${octets.toReversed().join('.')}.in-addr.arpa`;
}

/** By name, so that the same records make the same text. */
function sorted(records: Record<string, NameRecords>): Record<string, NameRecords> {
  return Object.fromEntries(Object.entries(records).sort(([a], [b]) => (a < b ? -1 : 1)));
}
