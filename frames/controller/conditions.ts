import { formatTime } from '@croft/foundation/clock';

/** A condition as Kubernetes keeps them (metav1.Condition; older kinds lack observedGeneration). */
export interface Condition {
  type: string;
  status: 'True' | 'False' | 'Unknown';
  reason?: string;
  message?: string;
  lastTransitionTime?: string;
  observedGeneration?: number;
}

/**
 * The list with this condition set. `lastTransitionTime` changes only when the status does; an equal condition leaves
 * the list as it is.
 */
export function withCondition(
  conditions: readonly Condition[] | undefined,
  condition: Omit<Condition, 'lastTransitionTime'>,
  nowMs: number,
): Condition[] {
  const list = [...(conditions ?? [])];
  const index = list.findIndex(({ type }) => type === condition.type);
  const known = list[index];
  const since = known?.status === condition.status ? known.lastTransitionTime : undefined;
  const next: Condition = { ...condition, lastTransitionTime: since ?? formatTime(nowMs) };
  if (index < 0) list.push(next);
  else list[index] = next;
  return list;
}

export function withoutCondition(conditions: readonly Condition[] | undefined, type: string): Condition[] {
  return (conditions ?? []).filter((condition) => condition.type !== type);
}

export function findCondition<C extends { type: string }>(
  conditions: readonly C[] | undefined,
  type: string,
): C | undefined {
  return conditions?.find((condition) => condition.type === type);
}

export function isTrue(conditions: readonly { type: string; status: string }[] | undefined, type: string): boolean {
  return findCondition(conditions, type)?.status === 'True';
}
