import type { Stored } from '@croft/api/object';
import type { Job, Pod } from '@croft/api/types';
import { hasFailed } from './pods.ts';

type Rule = NonNullable<NonNullable<Job['spec']>['podFailurePolicy']>['rules'][number];

/** Why the Job's podFailurePolicy ends the Job, if a Pod failed in a way that it says is final. */
export function findPolicyFailure(job: Stored<Job>, all: readonly Stored<Pod>[]): string | undefined {
  for (const pod of all.filter(hasFailed)) {
    const found = findRule(job, pod);
    if (found?.rule.action !== 'FailJob') continue;
    return `${found.why} matching FailJob rule at index ${found.index}`;
  }
  return undefined;
}

/** Whether the failure of a Pod is not to count against the limit. */
export function isIgnored(job: Stored<Job>, pod: Stored<Pod>): boolean {
  return hasFailed(pod) && findRule(job, pod)?.rule.action === 'Ignore';
}

function findRule(job: Stored<Job>, pod: Stored<Pod>): { rule: Rule; index: number; why: string } | undefined {
  for (const [index, rule] of (job.spec?.podFailurePolicy?.rules ?? []).entries()) {
    const why = matchExitCode(rule, pod) ?? matchCondition(rule, pod);
    if (why !== undefined) return { rule, index, why };
  }
  return undefined;
}

function matchExitCode({ onExitCodes }: Rule, pod: Stored<Pod>): string | undefined {
  if (onExitCodes === undefined) return undefined;
  const statuses = [...(pod.status?.containerStatuses ?? []), ...(pod.status?.initContainerStatuses ?? [])];
  for (const { name, state } of statuses) {
    const exitCode = state?.terminated?.exitCode ?? 0;
    if (exitCode === 0 || (onExitCodes.containerName ?? name) !== name) continue;
    const listed = onExitCodes.values.includes(exitCode);
    if (listed !== (onExitCodes.operator === 'In')) continue;
    return `Container ${name} for pod ${pod.metadata.namespace}/${pod.metadata.name} failed with exit code ${exitCode}`;
  }
  return undefined;
}

function matchCondition({ onPodConditions }: Rule, pod: Stored<Pod>): string | undefined {
  for (const pattern of onPodConditions ?? []) {
    const found = pod.status?.conditions?.some(
      ({ type, status }) => type === pattern.type && status === (pattern.status ?? 'True'),
    );
    if (found) return `Pod ${pod.metadata.namespace}/${pod.metadata.name} has condition ${pattern.type}`;
  }
  return undefined;
}
