import { deployments, replicaSets } from '@croft/api/kinds';
import type { Stored } from '@croft/api/object';
import { isAlreadyExists } from '@croft/api/status';
import type { ReplicaSet } from '@croft/api/types';
import { errorMessage } from '@croft/foundation/errors';
import { jsonEqual } from '@croft/foundation/json';
import { controllerReference, isControlledBy } from '../ownership.ts';
import { templateHash } from '../template-hash.ts';
import { writeStatus } from '../write-status.ts';
import {
  findNewReplicaSet,
  hashLabel,
  renderSetAnnotations,
  renderSizeAnnotations,
  revisionAnnotation,
  revisionOf,
} from './revisions.ts';
import { newSetSize } from './roll.ts';
import type { Rollout } from './rollout.ts';
import { writeProgress } from './status.ts';

/** Sees to the ReplicaSet of the present template and its revision. Makes it where there is none and `create` says so. */
export async function ensureNewSet(rollout: Rollout, create: boolean): Promise<void> {
  const { deployment } = rollout;
  const revision = Math.max(0, ...rollout.oldSets.map(revisionOf)) + 1;
  const existing = rollout.newSet;
  if (existing === undefined && !create) return;
  rollout.newSet =
    existing === undefined ? await createSet(rollout, revision) : await updateSet(rollout, existing, revision);
  await noteRevision(rollout, revisionOf(rollout.newSet));
  if (deployment.spec?.progressDeadlineSeconds === undefined) return;
  const { name } = rollout.newSet.metadata;
  const known = deployment.status?.conditions?.some(({ type }) => type === 'Progressing') === true;
  if (existing === undefined) {
    await writeProgress(rollout, 'True', 'NewReplicaSetCreated', `Created new replica set "${name}"`);
  } else if (!known) await writeProgress(rollout, 'True', 'FoundNewReplicaSet', `Found new replica set "${name}"`);
}

async function updateSet(rollout: Rollout, set: Stored<ReplicaSet>, revision: number): Promise<Stored<ReplicaSet>> {
  const { context, deployment } = rollout;
  const current = set.metadata.annotations ?? {};
  const annotations = renderSetAnnotations(deployment, current, revision);
  const minReadySeconds = deployment.spec?.minReadySeconds ?? 0;
  if (jsonEqual(annotations, current) && (set.spec?.minReadySeconds ?? 0) === minReadySeconds) return set;
  const { resourceVersion } = set.metadata;
  const body = { metadata: { resourceVersion, annotations }, spec: { minReadySeconds } };
  return await context.writer.patch(replicaSets, set, body);
}

async function createSet(rollout: Rollout, revision: number): Promise<Stored<ReplicaSet>> {
  const { context, events, deployment } = rollout;
  const wanted = renderSet(rollout, revision);
  try {
    const set = await context.writer.create(replicaSets, wanted);
    const size = set.spec?.replicas ?? 0;
    const message = `Scaled up replica set ${set.metadata.name} from 0 to ${size}`;
    if (size > 0) events.record(deployment, 'Normal', 'ScalingReplicaSet', message);
    return set;
  } catch (error) {
    if (isAlreadyExists(error)) return await takeExisting(rollout, wanted, error);
    const message = `Failed to create new replica set "${wanted.metadata?.name}": ${errorMessage(error)}`;
    await writeProgress(rollout, 'False', 'ReplicaSetCreateError', message);
    events.record(deployment, 'Warning', 'ReplicaSetCreateError', message);
    throw error;
  }
}

/** The name is taken: by our own set of this template, or by another, which makes the next hash another too. */
async function takeExisting(rollout: Rollout, wanted: ReplicaSet, error: unknown): Promise<Stored<ReplicaSet>> {
  const { context, deployment } = rollout;
  const { namespace, name = '' } = wanted.metadata ?? {};
  const present = await context.client.find(replicaSets, { namespace, name });
  if (present !== undefined) context.informers.of(replicaSets).learn(present);
  const ours = present !== undefined && isControlledBy(present, deployment);
  if (ours && findNewReplicaSet(deployment, [present]) !== undefined) return present;
  const collisionCount = (deployment.status?.collisionCount ?? 0) + 1;
  await writeStatus(context, deployments, deployment, { ...deployment.status, collisionCount });
  throw error;
}

function renderSet(rollout: Rollout, revision: number): ReplicaSet {
  const { deployment, limits } = rollout;
  const { template, selector, minReadySeconds } = deployment.spec ?? {};
  const hash = templateHash(template, deployment.status?.collisionCount);
  const labels = { ...template?.metadata?.labels, [hashLabel]: hash };
  return {
    metadata: {
      name: `${deployment.metadata.name}-${hash}`,
      namespace: deployment.metadata.namespace ?? '',
      labels,
      annotations: { ...renderSetAnnotations(deployment, {}, revision), ...renderSizeAnnotations(limits) },
      ownerReferences: [controllerReference(deployments, deployment)],
    },
    spec: {
      replicas: newSetSize(rollout),
      ...(minReadySeconds === undefined ? {} : { minReadySeconds }),
      selector: { ...selector, matchLabels: { ...selector?.matchLabels, [hashLabel]: hash } },
      template: { ...template, metadata: { ...template?.metadata, labels } },
    },
  };
}

/**
 * The Deployment says which revision it is at, as `kubectl rollout history` reads it. Written as its status is: another
 * annotation would count as another generation.
 */
async function noteRevision(rollout: Rollout, revision: number): Promise<void> {
  const { context, deployment } = rollout;
  if (deployment.metadata.annotations?.[revisionAnnotation] === String(revision)) return;
  const annotations = { ...deployment.metadata.annotations, [revisionAnnotation]: String(revision) };
  const metadata = { ...deployment.metadata, annotations };
  rollout.deployment = await context.writer.replaceStatus(deployments, { ...deployment, metadata });
}
