import { formatTime } from '@croft/foundation/clock';

/** A condition as the kinds of apps/v1 and batch/v1 keep them. */
export interface WorkloadCondition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
  readonly lastTransitionTime?: string;
}

/**
 * The list with a condition set, as the last. One of the same status and reason stays as it is; the time of
 * transition moves only with the status.
 */
export function setCondition<C extends WorkloadCondition>(conditions: readonly C[], next: C, nowMs: number): C[] {
  const known = conditions.find(({ type }) => type === next.type);
  if (known?.status === next.status && known.reason === next.reason) return [...conditions];
  const since = known?.status === next.status ? known.lastTransitionTime : undefined;
  return [
    ...conditions.filter(({ type }) => type !== next.type),
    { ...next, lastTransitionTime: since ?? formatTime(nowMs) },
  ];
}

export function dropCondition<C extends WorkloadCondition>(conditions: readonly C[], type: string): C[] {
  return conditions.filter((condition) => condition.type !== type);
}
