import type { Kind } from '@croft/api/kind';
import { pods } from '@croft/api/kinds';
import type { KubeObject, Stored } from '@croft/api/object';
import { StatusError } from '@croft/api/status';
import type { Pod, PodTemplateSpec } from '@croft/api/types';
import type { EventRecorder } from '@croft/controller/events';
import { errorMessage } from '@croft/foundation/errors';
import type { WorkloadContext } from '../context.ts';
import { controllerReference } from '../ownership.ts';

/** A Pod as its template and its owner say; the server gives the end of its name. */
export function renderPod(template: PodTemplateSpec, ownerKind: Kind, owner: Stored<KubeObject>): Pod {
  const { labels, annotations, finalizers } = template.metadata ?? {};
  return {
    metadata: {
      generateName: `${owner.metadata.name}-`,
      ...(owner.metadata.namespace === undefined ? {} : { namespace: owner.metadata.namespace }),
      ...(labels === undefined ? {} : { labels: { ...labels } }),
      ...(annotations === undefined ? {} : { annotations: { ...annotations } }),
      ...(finalizers === undefined ? {} : { finalizers: [...finalizers] }),
      ownerReferences: [controllerReference(ownerKind, owner)],
    },
    ...(template.spec === undefined ? {} : { spec: structuredClone(template.spec) }),
  };
}

/**
 * Makes Pods, first one, then twice as many each time, and stops at the first failure: a template that the server
 * refuses is then refused once, not a hundred times. Tells events about the owner.
 */
export async function createPods(
  context: WorkloadContext,
  events: EventRecorder,
  owner: Stored<KubeObject>,
  wanted: readonly Pod[],
): Promise<{ created: Stored<Pod>[]; failure: unknown }> {
  const created: Stored<Pod>[] = [];
  for (let size = 1, rest = wanted; rest.length > 0; size *= 2) {
    const batch = rest.slice(0, size);
    rest = rest.slice(size);
    const results = await Promise.allSettled(batch.map((pod) => context.writer.create(pods, pod)));
    for (const result of results) {
      if (result.status === 'rejected') {
        if (isNamespaceTerminating(result.reason)) return { created, failure: undefined }; // the owner goes, too
        events.record(owner, 'Warning', 'FailedCreate', `Error creating: ${errorMessage(result.reason)}`);
        continue;
      }
      created.push(result.value);
      events.record(owner, 'Normal', 'SuccessfulCreate', `Created pod: ${result.value.metadata.name}`);
    }
    const failed = results.find((result) => result.status === 'rejected');
    if (failed !== undefined) return { created, failure: failed.reason };
  }
  return { created, failure: undefined };
}

/** Deletes Pods and tells events about their owner. Throws the first failure after having tried all. */
export async function deletePods(
  context: WorkloadContext,
  events: EventRecorder,
  owner: Stored<KubeObject>,
  victims: readonly Stored<Pod>[],
): Promise<void> {
  const results = await Promise.allSettled(
    victims.map(async (pod) => {
      const { name } = pod.metadata;
      try {
        const deleted = await context.writer.delete(pods, pod);
        if (deleted) events.record(owner, 'Normal', 'SuccessfulDelete', `Deleted pod: ${name}`);
      } catch (error) {
        events.record(owner, 'Warning', 'FailedDelete', `Error deleting: ${errorMessage(error)}`);
        throw error;
      }
    }),
  );
  const failed = results.find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

function isNamespaceTerminating(error: unknown): boolean {
  const causes = error instanceof StatusError ? (error.status.details?.causes ?? []) : [];
  return causes.some(({ reason }) => reason === 'NamespaceTerminating');
}
