import { endpointSlices, pods, services } from '@croft/api/kinds';
import { matchesLabels } from '@croft/api/label-selector';
import type { ObjectKey, Stored } from '@croft/api/object';
import type { EndpointSlice, Pod, Service } from '@croft/api/types';
import { type Controller, onChangeOf, startController } from '@croft/controller/controller';
import { jsonEqual } from '@croft/foundation/json';
import type { WorkloadContext } from '../context.ts';
import { backingPods, hasSelector } from './backing-pods.ts';
import { managedByLabel, renderSlices, serviceNameLabel, sliceController } from './render-slices.ts';

/** Keeps the EndpointSlices of Services with a selector (k8s.io/endpointslice and its controller). */
export function startEndpointSlices(context: WorkloadContext): Controller {
  return startController(context, {
    name: 'endpointslice',
    kind: services,
    triggers: [
      onChangeOf(pods, (pod) => servicesOf(context, pod)),
      onChangeOf(endpointSlices, ({ metadata }) => {
        const name = metadata.labels?.[serviceNameLabel];
        return name === undefined ? [] : [{ namespace: metadata.namespace, name }];
      }),
    ],
    reconcile: async (service) => {
      if (service === undefined || !hasSelector(service) || service.metadata.deletionTimestamp !== undefined) {
        return undefined; // slices of a Service that is gone are collected with it
      }
      await reconcileSlices(context, service);
      return undefined;
    },
  });
}

/** The Services that choose a Pod. */
export function servicesOf(context: WorkloadContext, pod: Stored<Pod>): ObjectKey[] {
  return context.informers
    .of(services)
    .list(pod.metadata.namespace)
    .filter((service) => hasSelector(service) && matchesLabels(service.spec?.selector ?? {}, pod.metadata.labels))
    .map(({ metadata }) => metadata);
}

async function reconcileSlices(context: WorkloadContext, service: Stored<Service>): Promise<void> {
  const wanted = renderSlices(service, backingPods(context, service));
  const present = context.informers
    .of(endpointSlices)
    .list(service.metadata.namespace)
    .filter(({ metadata }) => isOurs(metadata.labels, service.metadata.name));
  const kept = new Set<Stored<EndpointSlice>>();
  for (const slice of wanted) {
    const fit =
      present.find((known) => !kept.has(known) && isSame(known, slice)) ??
      present.find((known) => !kept.has(known) && known.addressType === slice.addressType);
    if (fit === undefined) await context.writer.create(endpointSlices, slice);
    else {
      kept.add(fit);
      await update(context, fit, slice);
    }
  }
  for (const slice of present) if (!kept.has(slice)) await context.writer.delete(endpointSlices, slice);
}

const isOurs = (labels: Readonly<Record<string, string>> = {}, service: string): boolean =>
  labels[serviceNameLabel] === service && labels[managedByLabel] === sliceController;

function isSame(known: Stored<EndpointSlice>, wanted: EndpointSlice): boolean {
  return (
    known.addressType === wanted.addressType &&
    jsonEqual(known.ports ?? [], wanted.ports ?? []) &&
    jsonEqual(known.endpoints ?? [], wanted.endpoints) &&
    jsonEqual(known.metadata.labels, wanted.metadata?.labels)
  );
}

async function update(context: WorkloadContext, known: Stored<EndpointSlice>, wanted: EndpointSlice): Promise<void> {
  if (isSame(known, wanted)) return;
  const { endpoints, ports = [] } = wanted;
  const metadata = { ...known.metadata, labels: wanted.metadata?.labels ?? {} };
  await context.writer.replace(endpointSlices, { ...known, metadata, endpoints, ports });
}
