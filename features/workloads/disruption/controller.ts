import { deployments, podDisruptionBudgets, pods, replicaSets, statefulSets } from '@croft/api/kinds';
import { matchesLabelSelector } from '@croft/api/label-selector';
import type { Stored } from '@croft/api/object';
import type { Pod, PodDisruptionBudget } from '@croft/api/types';
import { type Controller, onChangeOf, readsFrom, startController } from '@croft/controller/controller';
import { StalledError } from '@croft/controller/outcome';
import { formatTime } from '@croft/foundation/clock';
import type { WorkloadContext } from '../context.ts';
import { isReady, isTerminating } from '../pods/pod-state.ts';
import { writeStatus } from '../write-status.ts';
import { expectedPods } from './expected-pods.ts';

type BudgetStatus = NonNullable<PodDisruptionBudget['status']>;

/** A Pod whose eviction was allowed and that does not go within this time counts as staying. */
const evictionMs = 2 * 60_000;

/** Tells how many Pods each budget lets go (pkg/controller/disruption); evictions ask it. */
export function startDisruptionBudgets(context: WorkloadContext): Controller {
  const budgetsOf = ({ metadata }: Stored<Pod>) =>
    context.informers
      .of(podDisruptionBudgets)
      .list(metadata.namespace)
      .filter(({ spec }) => matchesLabelSelector(spec?.selector, metadata.labels))
      .map((budget) => budget.metadata);
  const budgetsIn = ({ metadata }: Stored<object>) =>
    context.informers
      .of(podDisruptionBudgets)
      .list(metadata.namespace)
      .map((budget) => budget.metadata);
  return startController(context, {
    name: 'disruption',
    kind: podDisruptionBudgets,
    triggers: [
      onChangeOf(pods, budgetsOf),
      onChangeOf(deployments, budgetsIn),
      onChangeOf(statefulSets, budgetsIn),
      readsFrom(replicaSets),
    ],
    reconcile: async (budget) => {
      if (budget === undefined) return undefined;
      const status = renderBudgetStatus(context, budget);
      await writeStatus(context, podDisruptionBudgets, budget, status);
      return Object.keys(status.disruptedPods ?? {}).length === 0 ? undefined : { requeueAfterMs: evictionMs };
    },
  });
}

function renderBudgetStatus(context: WorkloadContext, budget: Stored<PodDisruptionBudget>): BudgetStatus {
  const covered = context.informers
    .of(pods)
    .list(budget.metadata.namespace)
    .filter((pod) => matchesLabelSelector(budget.spec?.selector, pod.metadata.labels));
  const disrupted = stillDisrupted(budget, covered, context.clock.now());
  const healthy = covered.filter((pod) => isReady(pod) && !isTerminating(pod) && !(pod.metadata.name in disrupted));
  try {
    const { expected, desired } = expectedPods(context, budget, covered);
    const spare = Math.max(0, healthy.length - desired);
    const counts = { currentHealthy: healthy.length, desiredHealthy: desired, expectedPods: expected };
    const allowed = expected === 0 ? 0 : spare;
    const reason = allowed > 0 ? 'SufficientPods' : 'InsufficientPods';
    return renderStatus(context, budget, { ...counts, disruptionsAllowed: allowed }, disrupted, {
      reason,
      message: '',
    });
  } catch (error) {
    if (!(error instanceof StalledError)) throw error;
    const { currentHealthy = 0, desiredHealthy = 0, expectedPods: expected = 0 } = budget.status ?? {};
    const counts = { currentHealthy, desiredHealthy, expectedPods: expected, disruptionsAllowed: 0 };
    const { reason, message } = error;
    return renderStatus(context, budget, counts, disrupted, { reason, message });
  }
}

/** Pods whose eviction was allowed, and that are about to go. */
function stillDisrupted(
  { status }: Stored<PodDisruptionBudget>,
  covered: readonly Stored<Pod>[],
  nowMs: number,
): Record<string, string> {
  const staying = new Set(covered.filter((pod) => !isTerminating(pod)).map(({ metadata }) => metadata.name));
  const known = Object.entries(status?.disruptedPods ?? {});
  return Object.fromEntries(known.filter(([name, at]) => staying.has(name) && Date.parse(at) + evictionMs > nowMs));
}

function renderStatus(
  context: WorkloadContext,
  budget: Stored<PodDisruptionBudget>,
  counts: Pick<BudgetStatus, 'currentHealthy' | 'desiredHealthy' | 'expectedPods' | 'disruptionsAllowed'>,
  disruptedPods: Record<string, string>,
  { reason, message }: { reason: string; message: string },
): BudgetStatus {
  const status = counts.disruptionsAllowed > 0 ? 'True' : 'False';
  const observedGeneration = budget.metadata.generation ?? 0;
  const known = budget.status?.conditions?.find(({ type }) => type === 'DisruptionAllowed');
  const since = known?.status === status ? known.lastTransitionTime : formatTime(context.clock.now());
  const condition = {
    type: 'DisruptionAllowed',
    status,
    reason,
    message,
    observedGeneration,
    lastTransitionTime: since,
  };
  return {
    observedGeneration,
    ...(Object.keys(disruptedPods).length === 0 ? {} : { disruptedPods }),
    ...counts,
    conditions: [condition],
  };
}
