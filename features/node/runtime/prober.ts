import type { Container, Probe } from '@croft/api/types';
import type { Clock } from '@croft/foundation/clock';
import type { Connection } from '../engine/connection.ts';
import { type HandlerTarget, type Outcome, runHandler } from './run-handler.ts';

export interface ProbeState {
  started: boolean;
  ready: boolean;
}

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

export type ProbeKind = 'Startup' | 'Readiness' | 'Liveness';

/** Runs the probes of running containers. */
export interface Prober extends AsyncDisposable {
  /** Begins to probe a running container unless it is probed already; gives what is known of it. */
  watch(container: ProbedContainer): ProbeState;
  /** Stops probing what of this Pod is not among these containers. */
  keep(podUid: string, containerIds: ReadonlySet<string>): void;
}

interface Watch {
  podUid: string;
  state: ProbeState;
  stop: AbortController;
  done: Promise<void>;
}

export function createProber({ engine, clock }: { engine: Connection; clock: Clock }): Prober {
  const watches = new Map<string, Watch>();

  function begin(probed: ProbedContainer): Watch {
    const { startupProbe, readinessProbe, livenessProbe } = probed.container;
    const started = probed.before?.started || startupProbe === undefined;
    const ready = probed.before?.ready || (started && readinessProbe === undefined);
    const stop = new AbortController();
    const state: ProbeState = { started, ready };
    const run = async () => {
      if (startupProbe !== undefined && !started) {
        if (!(await probeUntilStarted(probed, startupProbe, state))) return;
      }
      await Promise.all([
        readinessProbe === undefined ? undefined : probeReadiness(probed, readinessProbe, state),
        livenessProbe === undefined ? undefined : probeLiveness(probed, livenessProbe),
      ]);
    };
    const each = async (probed: ProbedContainer, probe: Probe, judge: (outcome: Outcome) => boolean) => {
      const periodMs = (probe.periodSeconds ?? 10) * 1000;
      const target: HandlerTarget = { engine, ...probed, containerId: probed.id };
      await clock.wait((probe.initialDelaySeconds ?? 0) * 1000, stop.signal);
      for (;;) {
        const outcome = await runHandler(probe, target, (probe.timeoutSeconds ?? 1) * 1000, stop.signal);
        stop.signal.throwIfAborted();
        if (judge(outcome)) return;
        await clock.wait(periodMs, stop.signal);
      }
    };
    const probeUntilStarted = async (probed: ProbedContainer, probe: Probe, state: ProbeState): Promise<boolean> => {
      const count = createCounter(probe, false);
      await each(probed, probe, (outcome) => {
        if (!outcome.ok) probed.failed('Startup', outcome.message);
        const verdict = count(outcome.ok);
        if (verdict === true) {
          state.started = true;
          state.ready = probed.container.readinessProbe === undefined;
          probed.changed();
        } else if (verdict === false) probed.condemned('Startup');
        return verdict !== undefined;
      });
      return state.started;
    };
    const probeReadiness = async (probed: ProbedContainer, probe: Probe, state: ProbeState): Promise<void> => {
      const count = createCounter(probe, state.ready);
      await each(probed, probe, (outcome) => {
        if (!outcome.ok) probed.failed('Readiness', outcome.message);
        const verdict = count(outcome.ok);
        if (verdict !== undefined && verdict !== state.ready) {
          state.ready = verdict;
          probed.changed();
        }
        return false;
      });
    };
    const probeLiveness = async (probed: ProbedContainer, probe: Probe): Promise<void> => {
      const count = createCounter(probe, true);
      await each(probed, probe, (outcome) => {
        if (!outcome.ok) probed.failed('Liveness', outcome.message);
        if (count(outcome.ok) !== false) return false;
        probed.condemned('Liveness');
        return true;
      });
    };
    const done = run().catch((error: unknown) => {
      if (!stop.signal.aborted) throw error;
    });
    return { podUid: probed.podUid, state, stop, done };
  }

  const end = (id: string, watch: Watch) => {
    watch.stop.abort(new Error('the container is no longer probed'));
    watches.delete(id);
  };

  return {
    watch: (probed) => {
      const known = watches.get(probed.id) ?? begin(probed);
      watches.set(probed.id, known);
      return known.state;
    },
    keep: (podUid, containerIds) => {
      for (const [id, watch] of watches) if (watch.podUid === podUid && !containerIds.has(id)) end(id, watch);
    },
    [Symbol.asyncDispose]: async () => {
      const all = [...watches];
      for (const [id, watch] of all) end(id, watch);
      await Promise.all(all.map(([, { done }]) => done));
    },
  };
}

/** Counts outcomes in a row; gives a verdict when its threshold is reached, and undefined while in doubt. */
function createCounter(probe: Probe, _initial: boolean): (ok: boolean) => boolean | undefined {
  const successes = probe.successThreshold ?? 1;
  const failures = probe.failureThreshold ?? 3;
  let last: boolean | undefined;
  let row = 0;
  return (ok) => {
    row = ok === last ? row + 1 : 1;
    last = ok;
    return row >= (ok ? successes : failures) ? ok : undefined;
  };
}
