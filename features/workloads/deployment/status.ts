import { deployments } from '@croft/api/kinds';
import type { Deployment } from '@croft/api/types';
import { dropCondition } from '../conditions.ts';
import type { ReplicaSetStatus } from '../replica-set/status.ts';
import { omitZeros, writeStatus } from '../write-status.ts';
import { type Conditions, findDeploymentCondition, withDeploymentCondition, withProgress } from './conditions.ts';
import { replicasOf } from './revisions.ts';
import { allSets, type Rollout, sum } from './rollout.ts';

export type DeploymentStatus = NonNullable<Deployment['status']> & { terminatingReplicas?: number };

/** The status as the ReplicaSets now stand, with the conditions that it had and Available. */
export function renderStatus(rollout: Rollout): DeploymentStatus {
  const { deployment, limits, newSet, context } = rollout;
  const sets = allSets(rollout);
  const available = sum(sets, (set) => set.status?.availableReplicas);
  const enough = available >= limits.replicas - limits.maxUnavailable;
  const { collisionCount, conditions = [] } = deployment.status ?? {};
  return {
    ...omitZeros({
      observedGeneration: deployment.metadata.generation ?? 0,
      replicas: sum(sets, (set) => set.status?.replicas),
      updatedReplicas: newSet?.status?.replicas ?? 0,
      readyReplicas: sum(sets, (set) => set.status?.readyReplicas),
      availableReplicas: available,
      unavailableReplicas: Math.max(0, sum(sets, replicasOf) - available),
    }),
    terminatingReplicas: sum(sets, (set) => (set.status as ReplicaSetStatus | undefined)?.terminatingReplicas),
    ...(collisionCount === undefined ? {} : { collisionCount }),
    conditions: [
      ...withDeploymentCondition(
        conditions,
        enough
          ? {
              type: 'Available',
              status: 'True',
              reason: 'MinimumReplicasAvailable',
              message: 'Deployment has minimum availability.',
            }
          : {
              type: 'Available',
              status: 'False',
              reason: 'MinimumReplicasUnavailable',
              message: 'Deployment does not have minimum availability.',
            },
        context.clock.now(),
      ),
    ],
  };
}

export function isComplete(deployment: Deployment, status: DeploymentStatus): boolean {
  const replicas = deployment.spec?.replicas ?? 1;
  return (
    (status.updatedReplicas ?? 0) === replicas &&
    (status.replicas ?? 0) === replicas &&
    (status.availableReplicas ?? 0) === replicas &&
    (status.observedGeneration ?? 0) >= (deployment.metadata?.generation ?? 0)
  );
}

/** The status during a rollout, with how it progresses. Gives when to look whether it has taken too long. */
export async function writeRolloutStatus(rollout: Rollout): Promise<number | undefined> {
  const { deployment, context } = rollout;
  const status = renderStatus(rollout);
  const conditions = withFailure(rollout, judgeProgress(rollout, status));
  rollout.deployment = await writeStatus(context, deployments, deployment, { ...status, conditions: [...conditions] });
  return deadlineInMs(rollout.deployment, context.clock.now());
}

/** The status alone, when nothing is rolled out: paused, scaled or going. */
export async function writePlainStatus(rollout: Rollout): Promise<void> {
  rollout.deployment = await writeStatus(rollout.context, deployments, rollout.deployment, renderStatus(rollout));
}

/** Sets the Progressing condition at once. */
export async function writeProgress(
  rollout: Rollout,
  status: 'True' | 'False' | 'Unknown',
  reason: string,
  message: string,
): Promise<void> {
  const { deployment, context } = rollout;
  const before = deployment.status?.conditions ?? [];
  const next = { type: 'Progressing', status, reason, message };
  const conditions = [...withDeploymentCondition(before, next, context.clock.now())];
  rollout.deployment = await writeStatus(context, deployments, deployment, { ...deployment.status, conditions });
}

/** pkg/controller/deployment/progress.go: complete, progressing, or out of time. */
function judgeProgress({ deployment, newSet, context }: Rollout, status: DeploymentStatus): Conditions {
  const conditions: Conditions = status.conditions ?? [];
  const nowMs = context.clock.now();
  if (deployment.spec?.progressDeadlineSeconds === undefined) return dropCondition(conditions, 'Progressing');
  const current = findDeploymentCondition(conditions, 'Progressing');
  const settled = (status.replicas ?? 0) === (status.updatedReplicas ?? 0);
  if (settled && current?.reason === 'NewReplicaSetAvailable') return conditions;
  const subject =
    newSet === undefined ? `Deployment "${deployment.metadata.name}"` : `ReplicaSet "${newSet.metadata.name}"`;
  if (isComplete(deployment, status)) {
    const message = `${subject} has successfully progressed.`;
    const done = { type: 'Progressing', status: 'True', reason: 'NewReplicaSetAvailable', message } as const;
    return withDeploymentCondition(conditions, done, nowMs);
  }
  if (hasProgressed(deployment.status ?? {}, status)) {
    return withProgress(conditions, `${subject} is progressing.`, nowMs);
  }
  if (!isOutOfTime(deployment, conditions, nowMs)) return conditions;
  const message = `${subject} has timed out progressing.`;
  const late = { type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded', message } as const;
  return withDeploymentCondition(conditions, late, nowMs);
}

function hasProgressed(before: DeploymentStatus, after: DeploymentStatus): boolean {
  const old = ({ replicas = 0, updatedReplicas = 0 }: DeploymentStatus) => replicas - updatedReplicas;
  return (
    (after.updatedReplicas ?? 0) > (before.updatedReplicas ?? 0) ||
    old(after) < old(before) ||
    (after.readyReplicas ?? 0) > (before.readyReplicas ?? 0) ||
    (after.availableReplicas ?? 0) > (before.availableReplicas ?? 0)
  );
}

function isOutOfTime(deployment: Deployment, conditions: Conditions, nowMs: number): boolean {
  const current = findDeploymentCondition(conditions, 'Progressing');
  if (current === undefined || current.reason === 'NewReplicaSetAvailable') return false;
  if (current.reason === 'ProgressDeadlineExceeded') return true;
  const limitMs = (deployment.spec?.progressDeadlineSeconds ?? 0) * 1000;
  return Date.parse(current.lastUpdateTime ?? '') + limitMs < nowMs;
}

function deadlineInMs(deployment: Deployment, nowMs: number): number | undefined {
  const { progressDeadlineSeconds, paused } = deployment.spec ?? {};
  const current = findDeploymentCondition(deployment.status?.conditions ?? [], 'Progressing');
  if (progressDeadlineSeconds === undefined || current === undefined || paused === true) return undefined;
  if (current.reason === 'NewReplicaSetAvailable' || current.reason === 'ProgressDeadlineExceeded') return undefined;
  return Math.max(0, Date.parse(current.lastUpdateTime ?? '') + progressDeadlineSeconds * 1000 - nowMs) + 1000;
}

/** A ReplicaSet that cannot make its Pods says why; so does its Deployment. */
function withFailure(rollout: Rollout, conditions: Conditions): Conditions {
  const sets = [rollout.newSet, ...rollout.oldSets];
  const failures = sets.flatMap((set) => set?.status?.conditions?.find(({ type }) => type === 'ReplicaFailure') ?? []);
  const [failure] = failures;
  if (failure === undefined) return dropCondition(conditions, 'ReplicaFailure');
  const { reason = '', message = '' } = failure;
  const condition = { type: 'ReplicaFailure', status: 'True', reason, message } as const;
  return withDeploymentCondition(conditions, condition, rollout.context.clock.now());
}
