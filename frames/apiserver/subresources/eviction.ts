import type { UnknownObject } from '@croft/api/object';
import { type Status, StatusError } from '@croft/api/status';
import type { LabelSelector, Pod } from '@croft/api/types';
import { formatTime } from '@croft/foundation/clock';
import type { Core } from '../core.ts';
import { deleteObject } from '../delete.ts';
import type { DeleteOptions } from '../delete-options.ts';
import { internal, methodNotAllowed } from '../failures.ts';
import { selectorMatch } from '../label-selector.ts';
import { parseWriteOptions } from '../options.ts';
import { respondStatus } from '../output.ts';
import { updateOwn } from '../own-writes.ts';
import { getEntry } from '../read.ts';
import type { ApiResponse } from '../request.ts';
import type { ResourceCall } from '../resource-call.ts';
import { parseEntry } from '../served-resource.ts';
import { decodeKind } from './decode.ts';

interface Budget extends UnknownObject {
  spec?: { selector?: LabelSelector; unhealthyPodEvictionPolicy?: string };
  status?: BudgetStatus;
}

interface BudgetStatus {
  observedGeneration?: number;
  disruptionsAllowed?: number;
  currentHealthy?: number;
  desiredHealthy?: number;
  expectedPods?: number;
  disruptedPods?: Record<string, string>;
  conditions?: unknown[];
}

/** POST of an Eviction: deletes the Pod unless a PodDisruptionBudget forbids it (pkg/registry/core/pod/storage/eviction.go). */
export async function respondEviction(call: ResourceCall): Promise<ApiResponse> {
  const { core, served, namespace, info, request } = call;
  if (request.method !== 'POST') throw methodNotAllowed();
  const { dryRun } = parseWriteOptions(request, 'CreateOptions');
  const eviction = await decodeKind(call, 'policy/v1', 'Eviction');
  const pod = parseEntry(getEntry(core, served, namespace, info.name)) as Pod & UnknownObject;
  const asked = (eviction.deleteOptions ?? {}) as { gracePeriodSeconds?: number; dryRun?: string[] };
  const tryOnly = dryRun || (asked.dryRun ?? []).length > 0;
  if (!needsNoBudget(pod)) await spendBudget(core, namespace, pod, tryOnly);
  const options: DeleteOptions = {
    dryRun: tryOnly,
    ...(asked.gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds: asked.gracePeriodSeconds }),
  };
  await deleteObject(core, served, namespace, info.name, options);
  const done: Status = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 };
  return respondStatus(done);
}

function needsNoBudget({ status, metadata }: Pod): boolean {
  const phase = status?.phase ?? '';
  return (
    phase === 'Succeeded' || phase === 'Failed' || phase === 'Pending' || metadata?.deletionTimestamp !== undefined
  );
}

const isReady = ({ status }: Pod): boolean =>
  (status?.conditions ?? []).some(({ type, status: value }) => type === 'Ready' && value === 'True');

async function spendBudget(core: Core, namespace: string, pod: Pod, dryRun: boolean): Promise<void> {
  const budgets = (core.lookup.list('poddisruptionbudgets.policy', namespace) as Budget[]).filter(
    ({ spec }) => spec?.selector !== undefined && selectorMatch(spec.selector)(pod.metadata?.labels ?? {}),
  );
  const [budget, ...more] = budgets;
  if (budget === undefined) return;
  if (more.length > 0)
    throw internal('This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.');
  const status = budget.status ?? {};
  const { currentHealthy = 0, desiredHealthy = 0, disruptionsAllowed = 0 } = status;
  if (
    !isReady(pod) &&
    (budget.spec?.unhealthyPodEvictionPolicy === 'AlwaysAllow' ||
      (currentHealthy >= desiredHealthy && desiredHealthy > 0))
  )
    return;
  const name = budget.metadata?.name ?? '';
  if ((status.observedGeneration ?? 0) < (budget.metadata?.generation ?? 0)) {
    throw tooManyRequests(`The disruption budget ${name} is still being processed by the server.`);
  }
  if (disruptionsAllowed <= 0) {
    throw tooManyRequests(
      `The disruption budget ${name} needs ${desiredHealthy} healthy pods and has ${currentHealthy} currently`,
    );
  }
  if (!dryRun) await recordDisruption(core, namespace, name, pod);
}

async function recordDisruption(core: Core, namespace: string, name: string, pod: Pod): Promise<void> {
  const served = core.resources.require('policy', 'v1', 'poddisruptionbudgets');
  const time = formatTime(core.clock.now());
  const change = (object: UnknownObject): UnknownObject => {
    const status = (object.status ?? {}) as BudgetStatus;
    const disruptionsAllowed = (status.disruptionsAllowed ?? 0) - 1;
    const disruptedPods = { ...status.disruptedPods, [pod.metadata?.name ?? '']: time };
    const condition = {
      type: 'DisruptionAllowed',
      status: disruptionsAllowed > 0 ? 'True' : 'False',
      observedGeneration: status.observedGeneration,
      lastTransitionTime: time,
      reason: disruptionsAllowed > 0 ? 'SufficientPods' : 'InsufficientPods',
      message: '',
    };
    return { ...object, status: { ...status, disruptionsAllowed, disruptedPods, conditions: [condition] } };
  };
  await updateOwn(core, served, namespace, name, change, 'status');
}

function tooManyRequests(message: string): StatusError {
  return new StatusError(
    429,
    'TooManyRequests',
    "Cannot evict pod as it would violate the pod's disruption budget.",
    { causes: [{ reason: 'DisruptionBudget', message }], retryAfterSeconds: 10 },
    { 'retry-after': '10' },
  );
}
