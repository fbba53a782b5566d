import type { ContainerInspect } from '../engine/container-types.ts';
import { type ContainerIdentity, parseLabels } from './container-labels.ts';

/** One container of a Pod as the engine has it. */
export interface ContainerView extends ContainerIdentity {
  id: string;
  state: 'created' | 'running' | 'exited';
  exitCode: number;
  oomKilled: boolean;
  /** RFC 3339 with whole seconds; undefined when it never happened. */
  startedAt: string | undefined;
  finishedAt: string | undefined;
  /** Milliseconds since 1970; 0 when it never ended. */
  finishedAtMs: number;
  imageId: string;
  /** Addresses by network name. */
  addresses: Readonly<Record<string, string>>;
}

/** Undefined for a container that is no Pod's. */
export function parseContainer(inspect: ContainerInspect): ContainerView | undefined {
  const identity = parseLabels(inspect.Config.Labels);
  if (identity === undefined) return undefined;
  const { State } = inspect;
  const neverStarted = parseTime(State.StartedAt) === undefined;
  const finishedAtMs = parseTime(State.FinishedAt);
  const networks = Object.entries(inspect.NetworkSettings.Networks ?? {});
  return {
    ...identity,
    id: inspect.Id,
    state: State.Running ? 'running' : neverStarted ? 'created' : 'exited',
    exitCode: State.ExitCode,
    oomKilled: State.OOMKilled,
    startedAt: formatSeconds(parseTime(State.StartedAt)),
    finishedAt: formatSeconds(finishedAtMs),
    finishedAtMs: finishedAtMs ?? 0,
    imageId: inspect.Image,
    addresses: Object.fromEntries(networks.map(([name, network]) => [name, network.IPAddress])),
  };
}

/** The engine writes the year 1 for what never happened. */
function parseTime(text: string): number | undefined {
  const ms = Date.parse(text);
  return Number.isNaN(ms) || ms <= 0 ? undefined : ms;
}

function formatSeconds(ms: number | undefined): string | undefined {
  return ms === undefined ? undefined : `${new Date(ms).toISOString().slice(0, 19)}Z`;
}
