import { pods } from '@croft/api/kinds';
import type { Stored } from '@croft/api/object';
import { isNotFound } from '@croft/api/status';
import type { Job, Pod } from '@croft/api/types';
import type { EventRecorder } from '@croft/controller/events';
import type { WorkloadContext } from '../context.ts';
import { deletePods } from '../pods/create-pods.ts';
import { isTracked, trackingFinalizer } from './pods.ts';

/** Lets ended Pods go. */
export async function releasePods(context: WorkloadContext, all: readonly Stored<Pod>[]): Promise<void> {
  await Promise.all(all.filter(isTracked).map((pod) => releasePod(context, pod)));
}

/** Deletes Pods that are not wanted: their end is then no failure that counts. */
export async function dismissPods(
  context: WorkloadContext,
  events: EventRecorder,
  job: Stored<Job>,
  all: readonly Stored<Pod>[],
): Promise<void> {
  await releasePods(context, all);
  await deletePods(context, events, job, all);
}

async function releasePod(context: WorkloadContext, pod: Stored<Pod>): Promise<void> {
  const { uid, resourceVersion, finalizers = [] } = pod.metadata;
  const left = finalizers.filter((finalizer) => finalizer !== trackingFinalizer);
  const body = { metadata: { uid, resourceVersion, finalizers: left.length === 0 ? null : left } };
  try {
    await context.writer.patch(pods, pod, body);
  } catch (error) {
    if (!isNotFound(error)) throw error;
    context.informers.of(pods).forget(pod);
  }
}
