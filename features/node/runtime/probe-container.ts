import type { Container, Probe } from '@croft/api/types';
import type { Clock } from '@croft/foundation/clock';
import type { Connection } from '../engine/connection.ts';
import { runHandler } from './run-handler.ts';

export interface ProbeState {
  started: boolean;
  ready: boolean;
}

export type ProbeKind = 'Startup' | 'Readiness' | 'Liveness';

export interface ProbedContainer {
  container: Container;
  id: string;
  podUid: string;
  podIp: string;
  /** What was known before this process began: a container that was ready stays so until a probe says otherwise. */
  before: ProbeState | undefined;
  /** Told when `started` or `ready` changes. */
  changed(): void;
  /** Told of each failed probe. */
  failed(kind: ProbeKind, message: string): void;
  /** Told once, when the container must be killed. */
  condemned(kind: ProbeKind): void;
}

export interface ProbeMeans {
  engine: Connection;
  clock: Clock;
  signal: AbortSignal;
}

/** What holds of a container before its probes have said anything. */
export function initialState({ container, before }: ProbedContainer): ProbeState {
  const started = before?.started || container.startupProbe === undefined;
  return { started, ready: before?.ready || (started && container.readinessProbe === undefined) };
}

/** Runs the probes of a container until the signal aborts; changes `state` as they say. */
export async function probeContainer(means: ProbeMeans, probed: ProbedContainer, state: ProbeState): Promise<void> {
  const { startupProbe, readinessProbe, livenessProbe } = probed.container;
  if (startupProbe !== undefined && !state.started) {
    const started = await firstVerdict(means, probed, 'Startup', startupProbe);
    if (!started) return probed.condemned('Startup');
    state.started = true;
    state.ready = readinessProbe === undefined;
    probed.changed();
  }
  await Promise.all([
    readinessProbe === undefined ? undefined : followReadiness(means, probed, readinessProbe, state),
    livenessProbe === undefined ? undefined : awaitDeath(means, probed, livenessProbe),
  ]);
}

async function firstVerdict(means: ProbeMeans, probed: ProbedContainer, kind: ProbeKind, probe: Probe) {
  for await (const verdict of verdicts(means, probed, kind, probe)) return verdict;
  return false;
}

async function followReadiness(means: ProbeMeans, probed: ProbedContainer, probe: Probe, state: ProbeState) {
  for await (const ready of verdicts(means, probed, 'Readiness', probe)) {
    if (ready === state.ready) continue;
    state.ready = ready;
    probed.changed();
  }
}

async function awaitDeath(means: ProbeMeans, probed: ProbedContainer, probe: Probe): Promise<void> {
  for await (const alive of verdicts(means, probed, 'Liveness', probe)) {
    if (!alive) return probed.condemned('Liveness');
  }
}

/** Runs a probe again and again; a verdict comes each time as many outcomes in a row agree as its threshold asks for. */
async function* verdicts(
  { engine, clock, signal }: ProbeMeans,
  probed: ProbedContainer,
  kind: ProbeKind,
  probe: Probe,
): AsyncGenerator<boolean> {
  const { successThreshold = 1, failureThreshold = 3, timeoutSeconds = 1, periodSeconds = 10 } = probe;
  const target = { engine, container: probed.container, containerId: probed.id, podIp: probed.podIp };
  let last: boolean | undefined;
  let row = 0;
  await clock.wait((probe.initialDelaySeconds ?? 0) * 1000, signal);
  for (;;) {
    const outcome = await runHandler(probe, target, timeoutSeconds * 1000, signal);
    signal.throwIfAborted();
    if (!outcome.ok) probed.failed(kind, outcome.message);
    row = outcome.ok === last ? row + 1 : 1;
    last = outcome.ok;
    if (row >= (outcome.ok ? successThreshold : failureThreshold)) yield outcome.ok;
    await clock.wait(periodSeconds * 1000, signal);
  }
}
