import { endpointSlices } from '@croft/api/kinds';
import type { Stored } from '@croft/api/object';
import type { EndpointSlice } from '@croft/api/types';
import { jsonEqual } from '@croft/foundation/json';
import type { WorkloadContext } from '../context.ts';
import { managedByLabel, serviceNameLabel } from './render-slices.ts';

/** Whose slices: those of one Service that one controller manages. */
export interface SlicesOf {
  namespace: string | undefined;
  service: string;
  managedBy: string;
}

/** Makes the slices be these: what fits stays, what can be changed is changed, the rest goes. */
export async function reconcileSlices(
  context: WorkloadContext,
  of: SlicesOf,
  wanted: readonly EndpointSlice[],
): Promise<void> {
  const present = context.informers
    .of(endpointSlices)
    .list(of.namespace)
    .filter(({ metadata: { labels = {} } }) => {
      return labels[serviceNameLabel] === of.service && labels[managedByLabel] === of.managedBy;
    });
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
