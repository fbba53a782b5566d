import { endpointSlices, endpoints, services } from '@croft/api/kinds';
import type { Stored } from '@croft/api/object';
import type { EndpointAddress, EndpointSlice, EndpointSubset, Endpoints } from '@croft/api/types';
import { type Controller, onChangeOf, startController } from '@croft/controller/controller';
import type { WorkloadContext } from '../context.ts';
import { controllerReference } from '../ownership.ts';
import { hasSelector } from './backing-pods.ts';
import { reconcileSlices } from './reconcile-slices.ts';
import { managedByLabel, serviceNameLabel } from './render-slices.ts';

const mirrorController = 'endpointslicemirroring-controller.k8s.io';
const skipLabel = 'endpointslice.kubernetes.io/skip-mirror';

/** Endpoints that a person wrote for a Service without selector are shown as slices too (pkg/controller/endpointslicemirroring). */
export function startEndpointMirror(context: WorkloadContext): Controller {
  return startController(context, {
    name: 'endpointslice-mirror',
    kind: endpoints,
    triggers: [
      onChangeOf(services, ({ metadata }) => [metadata]),
      onChangeOf(endpointSlices, ({ metadata }) => {
        const name = metadata.labels?.[serviceNameLabel];
        return metadata.labels?.[managedByLabel] === mirrorController && name !== undefined
          ? [{ namespace: metadata.namespace, name }]
          : [];
      }),
    ],
    reconcile: async (found, key) => {
      const service = context.informers.of(services).get(key);
      const mirrored = found !== undefined && service !== undefined && !hasSelector(service) && !isSkipped(found);
      const of = { namespace: key.namespace, service: key.name, managedBy: mirrorController };
      await reconcileSlices(context, of, mirrored ? renderMirror(found) : []);
      return undefined;
    },
  });
}

function isSkipped({ metadata }: Stored<Endpoints>): boolean {
  return metadata.labels?.[skipLabel] === 'true';
}

function renderMirror(found: Stored<Endpoints>): EndpointSlice[] {
  return (found.subsets ?? []).flatMap((subset) => {
    const all = [
      ...(subset.addresses ?? []).map((address) => ({ address, ready: true })),
      ...(subset.notReadyAddresses ?? []).map((address) => ({ address, ready: false })),
    ];
    return (['IPv4', 'IPv6'] as const).flatMap((family) => {
      const of = all.filter(({ address }) => address.ip.includes(':') === (family === 'IPv6'));
      return of.length === 0 ? [] : [renderSlice(found, subset, family, of)];
    });
  });
}

function renderSlice(
  found: Stored<Endpoints>,
  subset: EndpointSubset,
  addressType: string,
  all: readonly { address: EndpointAddress; ready: boolean }[],
): EndpointSlice {
  const { name, namespace = '', labels } = found.metadata;
  return {
    metadata: {
      generateName: `${name}-`,
      namespace,
      labels: { ...labels, [managedByLabel]: mirrorController, [serviceNameLabel]: name },
      ownerReferences: [controllerReference(endpoints, found)],
    },
    addressType,
    endpoints: all.map(({ address: { ip, hostname, nodeName, targetRef }, ready }) => ({
      addresses: [ip],
      conditions: { ready },
      ...(hostname === undefined ? {} : { hostname }),
      ...(nodeName === undefined ? {} : { nodeName }),
      ...(targetRef === undefined ? {} : { targetRef }),
    })),
    ports: (subset.ports ?? []).map(({ name: portName = '', protocol = 'TCP', ...rest }) => ({
      name: portName,
      protocol,
      ...rest,
    })),
  };
}
