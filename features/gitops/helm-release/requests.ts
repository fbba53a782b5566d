import type { ReleasePass } from './release-job.ts';

const requestedAt = 'reconcile.fluxcd.io/requestedAt';
const forceAt = 'reconcile.fluxcd.io/forceAt';
const resetAt = 'reconcile.fluxcd.io/resetAt';

/** What a person asks for with annotations besides looking again. */
export interface Requests {
  /** Install or upgrade once, whatever was tried before. */
  force: boolean;
  /** Forget the failures that were counted. */
  reset: boolean;
}

/** Reads the requests and notes that they were seen: each text counts once, and only beside the same `requestedAt`. */
export function takeRequests({ object, status }: ReleasePass): Requests {
  const annotations = object.metadata.annotations ?? {};
  const take = (name: string, field: 'lastHandledForceAt' | 'lastHandledResetAt'): boolean => {
    const asked = annotations[name];
    if (asked === undefined) return false;
    const isNew = asked !== status[field] && asked === annotations[requestedAt];
    status[field] = asked;
    return isNew;
  };
  return { force: take(forceAt, 'lastHandledForceAt'), reset: take(resetAt, 'lastHandledResetAt') };
}
