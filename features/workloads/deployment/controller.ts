import { deployments, pods, replicaSets } from '@croft/api/kinds';
import { isEmptySelector } from '@croft/api/label-selector';
import type { ObjectKey, Stored } from '@croft/api/object';
import type { Deployment, Pod } from '@croft/api/types';
import { type Controller, onChangeOf, ownersOf, startController } from '@croft/controller/controller';
import type { EventRecorder } from '@croft/controller/events';
import type { WorkloadContext } from '../context.ts';
import { claimObjects, concernedOwners } from '../ownership.ts';
import { findDeploymentCondition } from './conditions.ts';
import { rolloutLimits } from './limits.ts';
import { ensureNewSet } from './new-set.ts';
import { pruneOldSets } from './prune.ts';
import { byAge, findNewReplicaSet } from './revisions.ts';
import { rollOneStep, stopOldPods } from './roll.ts';
import type { Rollout } from './rollout.ts';
import { isScaling, scaleProportionally, scaleSet } from './scale.ts';
import { isComplete, writePlainStatus, writeProgress, writeRolloutStatus } from './status.ts';

/** Brings the ReplicaSets of each Deployment to its template and size (pkg/controller/deployment). */
export function startDeployments(context: WorkloadContext): Controller {
  const events = context.eventsOf('deployment-controller');
  return startController(context, {
    name: 'deployment',
    kind: deployments,
    triggers: [
      onChangeOf(replicaSets, concernedOwners(context, deployments)),
      onChangeOf(pods, (pod) => recreatedAfter(context, pod)),
    ],
    reconcile: async (deployment) => {
      if (deployment === undefined) return undefined;
      const requeueAfterMs = await reconcileDeployment(await openRollout(context, events, deployment));
      return requeueAfterMs === undefined ? undefined : { requeueAfterMs };
    },
  });
}

/** Strategy Recreate waits for Pods to be gone: the Deployment is two owners away. */
function recreatedAfter(context: WorkloadContext, pod: Stored<Pod>): ObjectKey[] {
  return ownersOf(replicaSets)(pod).flatMap((key) => {
    const set = context.informers.of(replicaSets).get(key);
    const keys = set === undefined ? [] : ownersOf(deployments)(set);
    return keys.filter((owner) => context.informers.of(deployments).get(owner)?.spec?.strategy?.type === 'Recreate');
  });
}

async function openRollout(
  context: WorkloadContext,
  events: EventRecorder,
  deployment: Stored<Deployment>,
): Promise<Rollout> {
  const selector = deployment.spec?.selector;
  const sets = isEmptySelector(selector)
    ? []
    : await claimObjects(context, { owner: deployment, ownerKind: deployments, kind: replicaSets, selector });
  const newSet = findNewReplicaSet(deployment, sets);
  const oldSets = byAge(sets.filter((set) => set !== newSet));
  return { context, events, deployment, limits: rolloutLimits(deployment), newSet, oldSets };
}

/** Gives when to look again. */
async function reconcileDeployment(rollout: Rollout): Promise<number | undefined> {
  const { deployment } = rollout;
  if (isEmptySelector(deployment.spec?.selector)) {
    const message = 'This deployment is selecting all pods. A non-empty selector is required.';
    rollout.events.record(deployment, 'Warning', 'SelectingAll', message);
    return undefined;
  }
  if (deployment.metadata.deletionTimestamp !== undefined) {
    await writePlainStatus(rollout);
    return undefined;
  }
  await tellPause(rollout);
  const paused = deployment.spec?.paused === true;
  if (paused || isScaling(rollout)) {
    await ensureNewSet(rollout, false);
    await scaleProportionally(rollout);
    if (paused) await pruneOldSets(rollout);
    await writePlainStatus(rollout);
    return undefined;
  }
  if (deployment.spec?.strategy?.type === 'Recreate') await recreate(rollout);
  else {
    await ensureNewSet(rollout, true);
    await rollOneStep(rollout);
  }
  const requeueAfterMs = await writeRolloutStatus(rollout);
  if (isComplete(rollout.deployment, rollout.deployment.status ?? {})) await pruneOldSets(rollout);
  return requeueAfterMs;
}

async function recreate(rollout: Rollout): Promise<void> {
  await ensureNewSet(rollout, false);
  if (await stopOldPods(rollout)) return;
  await ensureNewSet(rollout, true);
  if (rollout.newSet !== undefined) await scaleSet(rollout, rollout.newSet, rollout.limits.replicas);
}

/** A pause is no lack of progress: the clock of the deadline stands still (progress.go, checkPausedConditions). */
async function tellPause(rollout: Rollout): Promise<void> {
  const { spec, status } = rollout.deployment;
  if (spec?.progressDeadlineSeconds === undefined) return;
  const reason = findDeploymentCondition(status?.conditions ?? [], 'Progressing')?.reason;
  if (reason === 'ProgressDeadlineExceeded') return;
  if (spec.paused === true && reason !== 'DeploymentPaused') {
    await writeProgress(rollout, 'Unknown', 'DeploymentPaused', 'Deployment is paused');
  } else if (spec.paused !== true && reason === 'DeploymentPaused') {
    await writeProgress(rollout, 'Unknown', 'DeploymentResumed', 'Deployment is resumed');
  }
}
