import type { UnknownObject } from '@croft/api/object';
import type { ContainerStatus, Pod } from '@croft/api/types';
import type { TableRules } from '../../kind-rules.ts';
import { formatAge } from '../ages.ts';
import { ageOf, defineTable, nameOf } from '../columns.ts';

interface Summary {
  reason: string;
  ready: number;
  total: number;
  restarts: number;
  lastRestart: string | undefined;
}

const podRows = defineTable<Pod>(
  'Name*,Ready,Status,Restarts,Age,+IP,+Node,+Nominated Node,+Readiness Gates',
  (pod, nowMs) => {
    const { reason, ready, total, restarts, lastRestart } = summarizePod(pod);
    const ago = restarts !== 0 && lastRestart !== undefined ? ` (${formatAge(lastRestart, nowMs)} ago)` : '';
    return [
      nameOf(pod),
      `${ready}/${total}`,
      reason,
      `${restarts}${ago}`,
      ageOf(pod, nowMs),
      pod.status?.podIPs?.[0]?.ip || '<none>',
      pod.spec?.nodeName || '<none>',
      pod.status?.nominatedNodeName || '<none>',
      formatReadinessGates(pod),
    ];
  },
);

export const podTable: TableRules = {
  ...podRows,
  conditions(object) {
    const phase = (object as UnknownObject & Pod).status?.phase;
    const message = endings[phase ?? ''];
    return message === undefined || phase === undefined
      ? []
      : [{ type: 'Completed', status: 'True', reason: phase, message }];
  },
};

const endings: Readonly<Record<string, string>> = {
  Succeeded: 'The pod has completed successfully.',
  Failed: 'The pod failed.',
};

/** What `kubectl get pods` says of a pod (Kubernetes pkg/printers/internalversion printPod). */
export function summarizePod(pod: Pod): Summary {
  const status = pod.status ?? {};
  const sidecars = new Set(
    (pod.spec?.initContainers ?? []).filter((one) => one.restartPolicy === 'Always').map((one) => one.name),
  );
  const gated = status.conditions?.some(
    (condition) => condition.type === 'PodScheduled' && condition.reason === 'SchedulingGated',
  );
  const summary: Summary = {
    reason: gated === true ? 'SchedulingGated' : status.reason || status.phase || '',
    ready: 0,
    total: (pod.spec?.containers?.length ?? 0) + sidecars.size,
    restarts: 0,
    lastRestart: undefined,
  };
  const sidecarsOnly = { restarts: 0, lastRestart: undefined as string | undefined };
  const initializing = summarizeInit(pod, sidecars, summary, sidecarsOnly);
  if (!initializing || hasCondition(pod, 'Initialized')) {
    Object.assign(summary, sidecarsOnly);
    summarizeContainers(pod, summary);
  }
  if (pod.metadata?.deletionTimestamp !== undefined) {
    if (status.reason === 'NodeLost') summary.reason = 'Unknown';
    else if (status.phase !== 'Succeeded' && status.phase !== 'Failed') summary.reason = 'Terminating';
  }
  return summary;
}

/** True while an init container has not come to its end. */
function summarizeInit(
  pod: Pod,
  sidecars: ReadonlySet<string>,
  summary: Summary,
  sidecarsOnly: { restarts: number; lastRestart: string | undefined },
): boolean {
  const statuses = pod.status?.initContainerStatuses ?? [];
  for (const [index, status] of statuses.entries()) {
    const sidecar = sidecars.has(status.name);
    for (const target of sidecar ? [summary, sidecarsOnly] : [summary]) countRestarts(target, status);
    const { terminated, waiting } = status.state ?? {};
    if (terminated !== undefined && (terminated.exitCode ?? 0) === 0) continue;
    if (sidecar && status.started === true) {
      if (status.ready) summary.ready += 1;
      continue;
    }
    if (terminated !== undefined) summary.reason = `Init:${terminated.reason || exitReason(terminated)}`;
    else if (waiting?.reason && waiting.reason !== 'PodInitializing') summary.reason = `Init:${waiting.reason}`;
    else summary.reason = `Init:${index}/${pod.spec?.initContainers?.length ?? 0}`;
    return true;
  }
  return false;
}

function summarizeContainers(pod: Pod, summary: Summary): void {
  let running = false;
  for (const status of (pod.status?.containerStatuses ?? []).toReversed()) {
    countRestarts(summary, status);
    const { waiting, terminated, running: runs } = status.state ?? {};
    if (waiting?.reason) summary.reason = waiting.reason;
    else if (terminated !== undefined) summary.reason = terminated.reason || exitReason(terminated);
    else if (status.ready && runs !== undefined) {
      running = true;
      summary.ready += 1;
    }
  }
  if (summary.reason === 'Completed' && running) summary.reason = hasCondition(pod, 'Ready') ? 'Running' : 'NotReady';
}

function countRestarts(target: { restarts: number; lastRestart: string | undefined }, status: ContainerStatus): void {
  target.restarts += status.restartCount ?? 0;
  const ended = status.lastState?.terminated?.finishedAt as string | undefined | null;
  if (!ended) return;
  if (target.lastRestart === undefined || Date.parse(ended) > Date.parse(target.lastRestart))
    target.lastRestart = ended;
}

function exitReason({ signal, exitCode }: { signal?: number; exitCode: number }): string {
  return signal ? `Signal:${signal}` : `ExitCode:${exitCode}`;
}

function hasCondition(pod: Pod, type: string): boolean {
  return pod.status?.conditions?.some((one) => one.type === type && one.status === 'True') ?? false;
}

function formatReadinessGates(pod: Pod): string {
  const gates = pod.spec?.readinessGates ?? [];
  if (gates.length === 0) return '<none>';
  return `${gates.filter((gate) => hasCondition(pod, gate.conditionType)).length}/${gates.length}`;
}
