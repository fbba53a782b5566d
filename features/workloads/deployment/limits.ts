import type { Deployment } from '@croft/api/types';
import { scaledValue } from '../percent.ts';

export interface RolloutLimits {
  /** Pods wanted. */
  replicas: number;
  /** So many Pods may exist beyond that. */
  maxSurge: number;
  /** So many may be missing. */
  maxUnavailable: number;
}

/** How far a Deployment may stray from its size during a rollout; never both zero. */
export function rolloutLimits(deployment: Deployment): RolloutLimits {
  const replicas = deployment.spec?.replicas ?? 1;
  const { type, rollingUpdate } = deployment.spec?.strategy ?? {};
  if (type === 'Recreate') return { replicas, maxSurge: 0, maxUnavailable: 0 };
  const maxSurge = scaledValue(rollingUpdate?.maxSurge ?? '25%', replicas, 'up');
  const wanted = scaledValue(rollingUpdate?.maxUnavailable ?? '25%', replicas, 'down');
  const maxUnavailable = Math.min(replicas, maxSurge === 0 && wanted === 0 ? 1 : wanted);
  return { replicas, maxSurge, maxUnavailable };
}
