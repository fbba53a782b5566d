import type { ContainerStatus, Pod, PodCondition, PodStatus } from '@croft/api/types';
import { formatTime } from '@croft/foundation/clock';
import { type PodPhase, podPhase } from './pod-phase.ts';

export interface PodFindings {
  init: readonly ContainerStatus[];
  main: readonly ContainerStatus[];
  /** Of those added for debugging: they count for nothing else. */
  ephemeral?: readonly ContainerStatus[];
  /** All init containers have done their work. */
  initialized: boolean;
  sandboxReady: boolean;
  podIp: string | undefined;
  hostIp: string;
  nowMs: number;
  /** A verdict on the whole Pod, such as Evicted or DeadlineExceeded: it has failed. */
  failure?: { reason: string; message: string };
}

/** The whole status of a Pod; what the API or others set in it is kept. */
export function podStatus(pod: Pod, findings: PodFindings): PodStatus {
  const { init, main, ephemeral = [], initialized, podIp, hostIp, nowMs, failure } = findings;
  const phase = failure === undefined ? podPhase(pod, init, main, initialized) : 'Failed';
  const known = pod.status?.conditions ?? [];
  const own = podConditions(pod, phase, findings);
  const conditions = own.map((condition) => withTransition(condition, known, nowMs));
  const others = known.filter(({ type }) => !own.some((condition) => condition.type === type));
  const { message: _, reason: __, podIP: ___, podIPs: ____, ...kept } = pod.status ?? {};
  return {
    ...kept,
    phase,
    conditions: [...conditions, ...others],
    hostIP: hostIp,
    hostIPs: [{ ip: hostIp }],
    ...(podIp === undefined ? {} : { podIP: podIp, podIPs: [{ ip: podIp }] }),
    startTime: pod.status?.startTime ?? formatTime(nowMs),
    ...(init.length === 0 ? {} : { initContainerStatuses: [...init] }),
    containerStatuses: [...main],
    ...(ephemeral.length === 0 ? {} : { ephemeralContainerStatuses: [...ephemeral] }),
    ...failure,
  };
}

function podConditions(pod: Pod, phase: PodPhase, findings: PodFindings): PodCondition[] {
  const { init, main, initialized, sandboxReady } = findings;
  const finished = phase === 'Succeeded' || phase === 'Failed';
  const done = phase === 'Succeeded' ? { reason: 'PodCompleted' } : undefined;
  const containersReady = finished
    ? falseBecause('ContainersReady', phase === 'Succeeded' ? 'PodCompleted' : 'PodFailed')
    : readyCondition('ContainersReady', main);
  const gates = (pod.spec?.readinessGates ?? []).map(({ conditionType }) => conditionType);
  const missing = gates.filter((gate) => !pod.status?.conditions?.some((c) => c.type === gate && c.status === 'True'));
  const ready =
    containersReady.status === 'True' && missing.length > 0
      ? falseBecause(
          'Ready',
          'ReadinessGatesNotReady',
          `the status of pod readiness gates is not "True": ${missing.join(', ')}`,
        )
      : { ...containersReady, type: 'Ready' };
  const unfinished = init.filter(({ state }) => state?.terminated?.exitCode !== 0).map(({ name }) => name);
  return [
    { type: 'PodReadyToStartContainers', status: sandboxReady && !finished ? 'True' : 'False' },
    initialized
      ? { type: 'Initialized', status: 'True', ...done }
      : falseBecause(
          'Initialized',
          'ContainersNotInitialized',
          `containers with incomplete status: [${unfinished.join(' ')}]`,
        ),
    ready,
    containersReady,
    { type: 'PodScheduled', status: 'True' },
  ];
}

function readyCondition(type: string, statuses: readonly ContainerStatus[]): PodCondition {
  const unready = statuses.filter(({ ready }) => !ready).map(({ name }) => name);
  if (unready.length === 0) return { type, status: 'True' };
  return falseBecause(type, 'ContainersNotReady', `containers with unready status: [${unready.join(' ')}]`);
}

function falseBecause(type: string, reason: string, message?: string): PodCondition {
  return { type, status: 'False', reason, ...(message === undefined ? {} : { message }) };
}

function withTransition(condition: PodCondition, known: readonly PodCondition[], nowMs: number): PodCondition {
  const before = known.find(({ type }) => type === condition.type);
  const since = before?.status === condition.status ? before.lastTransitionTime : undefined;
  return { lastTransitionTime: since ?? formatTime(nowMs), ...condition };
}
