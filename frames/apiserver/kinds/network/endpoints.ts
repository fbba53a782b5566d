import { isIP, isIPv4, isIPv6 } from 'node:net';
import { duplicateField, type FieldError, invalidField, requiredField, tooManyInField } from '@croft/api/field-error';
import { dns1123LabelErrors, dns1123SubdomainErrors, labelValueErrors } from '@croft/api/names';
import type { EndpointSlice, Endpoints } from '@croft/api/types';
import { jsonEqual } from '@croft/foundation/json';
import { checkAddress, checkReachableAddress } from '../addresses.ts';
import { checkChoice, checkImmutable, checkOneOf, checkPort, checkQualifiedName, invalidFor } from '../check.ts';
import { ageOf, defineTable, nameOf } from '../columns.ts';
import type { KindParts } from '../define.ts';

type Subset = NonNullable<Endpoints['subsets']>[number];

export const endpointsRules: KindParts<Endpoints> = {
  createsOnUpdate: true,
  default({ subsets }) {
    for (const subset of subsets ?? []) for (const port of subset.ports ?? []) port.protocol ??= 'TCP';
  },
  validate: checkEndpointsObject,
  validateUpdate: (endpoints, old) =>
    jsonEqual(endpoints.subsets, old.subsets) ? [] : checkEndpointsObject(endpoints),
  table: defineTable<Endpoints>('Name*,Endpoints,Age', (endpoints, nowMs) => [
    nameOf(endpoints),
    formatEndpoints(endpoints.subsets),
    ageOf(endpoints, nowMs),
  ]),
};

function checkEndpointsObject({ subsets = [] }: Endpoints): FieldError[] {
  return subsets.flatMap((subset, index) => checkSubset(`subsets[${index}]`, subset));
}

type Address = NonNullable<Subset['addresses']>[number];

function checkEndpointAddress(path: string, { ip, hostname, nodeName }: Address): FieldError[] {
  const faults = checkAddress(`${path}.ip`, ip);
  const unread = isIP(ip) === 0 ? [invalidField(`${path}.ip`, ip, 'must be a valid IP address')] : [];
  return [
    ...faults,
    ...(hostname ? invalidFor(`${path}.hostname`, hostname, dns1123LabelErrors(hostname)) : []),
    ...(nodeName === undefined ? [] : invalidFor(`${path}.nodeName`, nodeName, dns1123SubdomainErrors(nodeName))),
    ...(faults.length > 0 ? unread : checkReachableAddress(`${path}.ip`, ip)),
  ];
}

function checkSubset(path: string, { addresses = [], notReadyAddresses = [], ports = [] }: Subset): FieldError[] {
  const check = (at: string, list: readonly Address[]) =>
    list.flatMap((address, index) => checkEndpointAddress(`${at}[${index}]`, address));
  const empty = addresses.length === 0 && notReadyAddresses.length === 0;
  return [
    ...(empty ? [requiredField(path, 'must specify `addresses` or `notReadyAddresses`')] : []),
    ...check(`${path}.addresses`, addresses),
    ...check(`${path}.notReadyAddresses`, notReadyAddresses),
    ...ports.flatMap((port, index) => {
      const at = `${path}.ports[${index}]`;
      const name = port.name ?? '';
      return [
        ...(name === ''
          ? ports.length > 1
            ? [requiredField(`${at}.name`)]
            : []
          : invalidFor(`${at}.name`, name, dns1123LabelErrors(name))),
        ...checkPort(`${at}.port`, port.port),
        ...checkChoice(`${at}.protocol`, port.protocol, ['SCTP', 'TCP', 'UDP']),
        ...(port.appProtocol === undefined ? [] : checkQualifiedName(`${at}.appProtocol`, port.appProtocol)),
      ];
    }),
  ];
}

const shownEndpoints = 3;

function formatEndpoints(subsets: readonly Subset[] = []): string {
  const all = subsets.flatMap(({ addresses = [], ports = [] }) =>
    ports.length === 0
      ? addresses.map(({ ip }) => ip)
      : ports.flatMap(({ port }) => addresses.map(({ ip }) => (isIPv6(ip) ? `[${ip}]:${port}` : `${ip}:${port}`))),
  );
  if (subsets.length === 0) return '<none>';
  const more = all.length - shownEndpoints;
  return more > 0 ? `${all.slice(0, shownEndpoints).join(',')} + ${more} more...` : all.join(',');
}

const addressTypes = ['FQDN', 'IPv4', 'IPv6'];

export const endpointSliceRules: KindParts<EndpointSlice> = {
  countsGeneration: true,
  prepareForUpdate(slice, old) {
    const { metadata } = slice;
    const relabelled = !jsonEqual(metadata?.labels ?? {}, old.metadata?.labels ?? {});
    if (relabelled) slice.metadata = { ...metadata, generation: (old.metadata?.generation ?? 0) + 1 };
  },
  default({ ports }) {
    for (const port of ports ?? []) {
      port.name ??= '';
      port.protocol ??= 'TCP';
    }
  },
  validate: checkSlice,
  validateUpdate: (slice, old) => [
    ...checkSlice(slice),
    ...checkImmutable('addressType', slice.addressType, old.addressType),
  ],
  table: defineTable<EndpointSlice>('Name*,AddressType,Ports,Endpoints,Age', (slice, nowMs) => [
    nameOf(slice),
    slice.addressType,
    formatPorts(slice.ports),
    formatSome((slice.endpoints ?? []).flatMap((endpoint) => endpoint.addresses)),
    ageOf(slice, nowMs),
  ]),
};

function checkSlice(slice: EndpointSlice): FieldError[] {
  const { addressType, endpoints, ports } = slice;
  const errors: FieldError[] = [];
  if (!addressType) errors.push(requiredField('addressType'));
  else errors.push(...checkOneOf('addressType', addressType, addressTypes));
  errors.push(...checkEndpoints('endpoints', endpoints ?? [], addressType));
  return [...errors, ...checkSlicePorts('ports', ports ?? [])];
}

function checkEndpoints(path: string, endpoints: NonNullable<EndpointSlice['endpoints']>, type: string): FieldError[] {
  if (endpoints.length > 1000) return [tooManyInField(path, endpoints.length, 1000)];
  return endpoints.flatMap((endpoint, index) => {
    const at = `${path}[${index}]`;
    const addresses = endpoint.addresses ?? [];
    if (addresses.length === 0) return [requiredField(`${at}.addresses`, 'must contain at least 1 address')];
    if (addresses.length > 100) return [tooManyInField(`${at}.addresses`, addresses.length, 100)];
    return [
      ...addresses.flatMap((address, item) => checkTyped(`${at}.addresses[${item}]`, address, type)),
      ...(endpoint.nodeName === undefined
        ? []
        : invalidFor(`${at}.nodeName`, endpoint.nodeName, dns1123SubdomainErrors(endpoint.nodeName))),
      ...(endpoint.zone === undefined ? [] : invalidFor(`${at}.zone`, endpoint.zone, labelValueErrors(endpoint.zone))),
      ...(endpoint.hostname
        ? invalidFor(`${at}.hostname`, endpoint.hostname, dns1123LabelErrors(endpoint.hostname))
        : []),
    ];
  });
}

function checkTyped(path: string, address: string, type: string): FieldError[] {
  if (type === 'FQDN') return invalidFor(path, address, dns1123SubdomainErrors(address));
  const faults = checkAddress(path, address);
  if (faults.length > 0) return faults;
  if (type === 'IPv4' && !isIPv4(address)) return [invalidField(path, address, 'must be an IPv4 address')];
  if (type === 'IPv6' && !isIPv6(address)) return [invalidField(path, address, 'must be an IPv6 address')];
  return checkReachableAddress(path, address);
}

function checkSlicePorts(path: string, ports: NonNullable<EndpointSlice['ports']>): FieldError[] {
  if (ports.length > 20_000) return [tooManyInField(path, ports.length, 20_000)];
  const names = new Set<string>();
  return ports.flatMap(({ name = '', protocol, port, appProtocol }, index) => {
    const at = `${path}[${index}]`;
    const errors = name === '' ? [] : invalidFor(`${at}.name`, name, dns1123LabelErrors(name));
    if (names.has(name)) errors.push(duplicateField(`${at}.name`, name));
    names.add(name);
    errors.push(...checkChoice(`${at}.protocol`, protocol, ['SCTP', 'TCP', 'UDP']));
    if (port !== undefined) errors.push(...checkPort(`${at}.port`, port));
    return appProtocol === undefined ? errors : [...errors, ...checkQualifiedName(`${at}.appProtocol`, appProtocol)];
  });
}

function formatPorts(ports: EndpointSlice['ports'] | null): string {
  if (ports === null || ports === undefined || ports.length === 0) return '<unset>';
  return formatSome(ports.map(({ name, port }) => (port === undefined ? (name ?? '*') : String(port))));
}

function formatSome(items: readonly string[]): string {
  if (items.length === 0) return '<unset>';
  const more = items.length - shownEndpoints;
  return more > 0 ? `${items.slice(0, shownEndpoints).join(',')} + ${more} more...` : items.join(',');
}
