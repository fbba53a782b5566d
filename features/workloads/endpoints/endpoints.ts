import { endpoints, pods, services } from '@croft/api/kinds';
import type { Stored } from '@croft/api/object';
import { isAlreadyExists } from '@croft/api/status';
import type { Endpoints, Service } from '@croft/api/types';
import { type Controller, onChangeOf, startController } from '@croft/controller/controller';
import { jsonEqual } from '@croft/foundation/json';
import type { WorkloadContext } from '../context.ts';
import { backingPods, hasSelector, isHeadless } from './backing-pods.ts';
import { renderSubsets } from './render-endpoints.ts';
import { servicesOf } from './slices.ts';

const managedByLabel = 'endpoints.kubernetes.io/managed-by';
const headlessLabel = 'service.kubernetes.io/headless';

/** Keeps the Endpoints of Services with a selector, for those who do not read slices yet (pkg/controller/endpoint). */
export function startEndpoints(context: WorkloadContext): Controller {
  return startController(context, {
    name: 'endpoints',
    kind: services,
    triggers: [
      onChangeOf(pods, (pod) => servicesOf(context, pod)),
      onChangeOf(endpoints, ({ metadata }) => [metadata]),
    ],
    reconcile: async (service, key) => {
      const known = context.informers.of(endpoints).get(key);
      if (service === undefined) await removeOurs(context, known);
      else if (hasSelector(service)) await reconcileEndpoints(context, service, known);
      return undefined;
    },
  });
}

/** Endpoints have no owner: what we made for a Service goes with it. */
async function removeOurs(context: WorkloadContext, known: Stored<Endpoints> | undefined): Promise<void> {
  if (known?.metadata.labels?.[managedByLabel] === undefined) return;
  await context.writer.delete(endpoints, known);
}

async function reconcileEndpoints(
  context: WorkloadContext,
  service: Stored<Service>,
  known: Stored<Endpoints> | undefined,
): Promise<void> {
  const subsets = renderSubsets(service, backingPods(context, service));
  const { name, namespace = '' } = service.metadata;
  const labels = {
    ...service.metadata.labels,
    [managedByLabel]: 'endpoint-controller',
    ...(isHeadless(service) ? { [headlessLabel]: '' } : {}),
  };
  if (known === undefined) {
    try {
      await context.writer.create(endpoints, { metadata: { name, namespace, labels }, subsets });
    } catch (error) {
      if (!isAlreadyExists(error)) throw error; // made by somebody else just now: the watch brings it
    }
    return;
  }
  if (jsonEqual(known.subsets ?? [], subsets) && jsonEqual(known.metadata.labels, labels)) return;
  await context.writer.replace(endpoints, { ...known, metadata: { ...known.metadata, labels }, subsets });
}
