import { formatTime } from '@croft/foundation/clock';
import { dropCondition, setCondition, type WorkloadCondition } from '../conditions.ts';

export interface DeploymentCondition extends WorkloadCondition {
  readonly lastUpdateTime?: string;
}

export type Conditions = readonly DeploymentCondition[];

export function withDeploymentCondition(
  conditions: Conditions,
  next: { type: string; status: 'True' | 'False' | 'Unknown'; reason: string; message: string },
  nowMs: number,
): Conditions {
  return setCondition<DeploymentCondition>(conditions, { ...next, lastUpdateTime: formatTime(nowMs) }, nowMs);
}

export function findDeploymentCondition(conditions: Conditions, type: string): DeploymentCondition | undefined {
  return conditions.find((condition) => condition.type === type);
}

/** Progress that goes on: the time of update is renewed though status and reason stay the same. */
export function withProgress(conditions: Conditions, message: string, nowMs: number): Conditions {
  const known = findDeploymentCondition(conditions, 'Progressing');
  const since = known?.status === 'True' ? known.lastTransitionTime : undefined;
  return [
    ...dropCondition(conditions, 'Progressing'),
    {
      type: 'Progressing',
      status: 'True',
      reason: 'ReplicaSetUpdated',
      message,
      lastUpdateTime: formatTime(nowMs),
      lastTransitionTime: since ?? formatTime(nowMs),
    },
  ];
}
