import type { KubeObject, Stored } from '@croft/api/object';
import type { Job, Pod } from '@croft/api/types';
import type { Readiness } from './kstatus.ts';

/** A Job or Pod of a hook must run to its end; any other object is ready once it is there. */
export function hookReadiness(object: Stored<KubeObject>): Readiness {
  if (object.kind === 'Job') return jobReadiness(object as Stored<Job>);
  return object.kind === 'Pod' ? podReadiness(object as Stored<Pod>) : { status: 'Current', message: '' };
}

/** A Job is ready when it has succeeded, not when it runs. */
export function jobReadiness({ spec, status = {} }: Stored<Job>): Readiness {
  const { succeeded = 0, failed = 0 } = status;
  const completions = spec?.completions ?? spec?.parallelism ?? 1;
  for (const { type, status: is } of status.conditions ?? []) {
    if (is !== 'True') continue;
    if (type === 'Complete')
      return { status: 'Current', message: `Job Completed. succeeded: ${succeeded}/${completions}` };
    if (type === 'Failed') return { status: 'Failed', message: `Job Failed. failed: ${failed}/${completions}` };
  }
  return { status: 'InProgress', message: 'Job in progress' };
}

function podReadiness({ metadata, status }: Stored<Pod>): Readiness {
  if (status?.phase === 'Succeeded') return { status: 'Current', message: `pod ${metadata.name} succeeded` };
  if (status?.phase === 'Failed') return { status: 'Failed', message: `pod ${metadata.name} failed` };
  return { status: 'InProgress', message: 'Pod in progress' };
}
