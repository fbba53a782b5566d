import { endpointSlices, pods, services } from '@croft/api/kinds';
import { matchesLabels } from '@croft/api/label-selector';
import type { ObjectKey, Stored } from '@croft/api/object';
import type { Pod } from '@croft/api/types';
import { type Controller, onChangeOf, startController } from '@croft/controller/controller';
import type { WorkloadContext } from '../context.ts';
import { backingPods, hasSelector } from './backing-pods.ts';
import { reconcileSlices } from './reconcile-slices.ts';
import { renderSlices, serviceNameLabel, sliceController } from './render-slices.ts';

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
      const { namespace, name } = service.metadata;
      const wanted = renderSlices(service, backingPods(context, service));
      await reconcileSlices(context, { namespace, service: name, managedBy: sliceController }, wanted);
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
