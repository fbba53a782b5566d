import { RestartBackoff } from './restart-backoff.ts';

/** What is kept of a Pod between looks at it; all of it can be lost without harm. */
export interface PodMemory {
  /** Why a container does not run, by its name. */
  waiting: Map<string, { reason: string; message?: string }>;
  /** How containers ended, by id. */
  ends: Map<string, { message?: string; oomKilled?: boolean }>;
  backoffs: Map<string, RestartBackoff>;
  /** Running containers that failed their liveness or startup probe, with what to say. */
  condemned: Map<string, string>;
  /** Containers that were asked to stop. */
  stopped: Set<string>;
  /** Events told already, so that each look does not repeat them. */
  told: Set<string>;
  /** When a look is due although nothing happens; milliseconds from now. */
  dueInMs: number | undefined;
}

/** The memories of Pods, by uid. */
export class PodMemories {
  readonly #memories = new Map<string, PodMemory>();

  of(uid: string): PodMemory {
    const known = this.#memories.get(uid);
    if (known !== undefined) return known;
    const memory: PodMemory = {
      waiting: new Map(),
      ends: new Map(),
      backoffs: new Map(),
      condemned: new Map(),
      stopped: new Set(),
      told: new Set(),
      dueInMs: undefined,
    };
    this.#memories.set(uid, memory);
    return memory;
  }

  forget(uid: string): void {
    this.#memories.delete(uid);
  }
}

export function backoffOf(memory: PodMemory, container: string): RestartBackoff {
  const known = memory.backoffs.get(container) ?? new RestartBackoff();
  memory.backoffs.set(container, known);
  return known;
}

/** Asks for a look at the Pod after so long; the earliest wish counts. */
export function lookAgainAfter(memory: PodMemory, ms: number): void {
  memory.dueInMs = Math.min(memory.dueInMs ?? Number.POSITIVE_INFINITY, ms);
}
