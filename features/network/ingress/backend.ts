import type { Service, ServicePort } from '@croft/api/types';
import { backendsOf, clusterAddressesOf, type SlicesByService, slicesOf } from '../endpoints/backends.ts';
import type { RoutedPath } from './routing-table.ts';

/** Where the front door sends requests to. */
export interface Upstream {
  /** `host:port` to use when the name below cannot be resolved, or when there is none. */
  fixed?: string;
  /** The port of the backends, whose addresses are resolved by name again and again. */
  backendPort?: number;
}

/** The reason why a path has no upstream. */
export class NoUpstreamError extends Error {
  override readonly name = 'NoUpstreamError';
}

/** Finds where a path leads; throws NoUpstreamError with words for the Ingress's author. */
export function findUpstream(
  { backend }: RoutedPath,
  namespace: string,
  findService: (namespace: string, name: string) => Service | undefined,
  slices: SlicesByService,
): Upstream {
  if (backend.service === undefined) throw new NoUpstreamError('only Services can be backends');
  const { name, port } = backend.service;
  const service = findService(namespace, name);
  if (service === undefined) throw new NoUpstreamError(`Service ${namespace}/${name} does not exist`);
  if (service.spec?.type === 'ExternalName') return findExternal(service, port);
  const found = (service.spec?.ports ?? []).find((candidate) =>
    port?.name === undefined ? candidate.port === port?.number : candidate.name === port.name,
  );
  if (found === undefined) {
    throw new NoUpstreamError(`Service ${namespace}/${name} has no port ${port?.name ?? port?.number}`);
  }
  const backendPort = backendPortOf(service, found, slices);
  const [address] = clusterAddressesOf(service);
  return {
    ...(address === undefined ? {} : { fixed: `${address}:${found.port}` }),
    ...(backendPort === undefined ? {} : { backendPort }),
  };
}

function findExternal(service: Service, port: { name?: string; number?: number } | undefined): Upstream {
  const host = service.spec?.externalName ?? '';
  if (!/^[A-Za-z0-9.-]+$/.test(host)) throw new NoUpstreamError(`${host} is no external name`);
  const named = service.spec?.ports?.find(({ name }) => port?.name !== undefined && name === port.name);
  return { fixed: `${host}:${named?.port ?? port?.number ?? 80}` };
}

/** A port that is named in the Pods is known once there is an endpoint; the others at once, so that nothing changes. */
function backendPortOf(service: Service, port: ServicePort, slices: SlicesByService): number | undefined {
  const target = port.targetPort ?? port.port;
  if (service.spec?.selector !== undefined && typeof target === 'number') return target;
  return backendsOf(service, port, slicesOf(service, slices))[0]?.port;
}
