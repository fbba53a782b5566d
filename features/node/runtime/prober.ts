import type { Clock } from '@croft/foundation/clock';
import type { Connection } from '../engine/connection.ts';
import { initialState, type ProbedContainer, type ProbeState, probeContainer } from './probe-container.ts';

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
    const stop = new AbortController();
    const state = initialState(probed);
    const done = probeContainer({ engine, clock, signal: stop.signal }, probed, state).catch((error: unknown) => {
      if (!stop.signal.aborted) throw error;
    });
    return { podUid: probed.podUid, state, stop, done };
  }

  function end(id: string, watch: Watch): void {
    watch.stop.abort(new Error('the container is no longer probed'));
    watches.delete(id);
  }

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
