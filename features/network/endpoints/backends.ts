import { isIPv4 } from 'node:net';
import type { Endpoint, EndpointSlice, Service, ServicePort } from '@croft/api/types';

/** Where one connection of a Service can go. */
export interface Backend {
  address: string;
  port: number;
}

/** EndpointSlices by the `namespace/name` of their Service. */
export type SlicesByService = ReadonlyMap<string, readonly EndpointSlice[]>;

/** Only IPv4 slices: the platform's Pods have IPv4 addresses. */
export function groupSlices(slices: Iterable<EndpointSlice>): SlicesByService {
  const groups = new Map<string, EndpointSlice[]>();
  for (const slice of slices) {
    const service = slice.metadata?.labels?.['kubernetes.io/service-name'];
    if (service === undefined || slice.addressType !== 'IPv4') continue;
    const key = `${slice.metadata?.namespace}/${service}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [slice]);
    else group.push(slice);
  }
  return groups;
}

export function slicesOf(service: Service, slices: SlicesByService): readonly EndpointSlice[] {
  return slices.get(`${service.metadata?.namespace}/${service.metadata?.name}`) ?? [];
}

type SlicedEndpoint = { slice: EndpointSlice; endpoint: Endpoint };

/** A slice without endpoints has `null` there when Go programs wrote it. */
function sliced(slices: readonly EndpointSlice[]): SlicedEndpoint[] {
  return slices.flatMap((slice) => (slice.endpoints ?? []).map((endpoint) => ({ slice, endpoint })));
}

/** The ready endpoints of a Service, each with its slice; all of them with publishNotReadyAddresses. */
export function readyEndpoints(service: Service, slices: readonly EndpointSlice[]): SlicedEndpoint[] {
  const all = sliced(slices);
  if (service.spec?.publishNotReadyAddresses) return all;
  return all.filter(({ endpoint }) => endpoint.conditions?.ready !== false);
}

/**
 * The endpoints that take traffic: the ready ones; where none is, those that end but still serve (KEP-1669), so that the
 * last Pod of a rolling update loses nothing.
 */
export function servingEndpoints(service: Service, slices: readonly EndpointSlice[]): SlicedEndpoint[] {
  const ready = readyEndpoints(service, slices);
  if (ready.length > 0) return ready;
  const all = sliced(slices);
  return all.filter(({ endpoint: { conditions } }) => conditions?.terminating && conditions.serving);
}

/** The backends of one port of a Service, sorted and each once. */
export function backendsOf(service: Service, port: ServicePort, slices: readonly EndpointSlice[]): Backend[] {
  const found = new Map<string, Backend>();
  for (const { slice, endpoint } of servingEndpoints(service, slices)) {
    const target = slice.ports?.find((candidate) => (candidate.name ?? '') === (port.name ?? ''));
    if (target?.port === undefined) continue;
    for (const address of endpoint.addresses)
      if (isIPv4(address)) found.set(`${address}:${target.port}`, { address, port: target.port });
  }
  return [...found.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, backend]) => backend);
}

/** The Service's own addresses; none for headless and ExternalName Services, or before one is allocated. */
export function clusterAddressesOf(service: Service): string[] {
  if (service.spec?.type === 'ExternalName') return [];
  const addresses = service.spec?.clusterIPs ?? (service.spec?.clusterIP === undefined ? [] : [service.spec.clusterIP]);
  return addresses.filter((address) => isIPv4(address));
}

export function isHeadless(service: Service): boolean {
  return service.spec?.type !== 'ExternalName' && service.spec?.clusterIP === 'None';
}
