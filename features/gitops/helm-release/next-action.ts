import { activeRemediation, determineState, ignoresTests, type Known } from './release-state.ts';
import { previousSnapshot } from './snapshots.ts';
import type { HelmReleaseSpec, Remediation } from './types.ts';

export type NextAction =
  /** The release is as wanted: what is left is to look for drift. */
  | { action: 'none' }
  | { action: 'install' | 'upgrade' | 'test' }
  /** Somebody else made the release: it is upgraded, and nothing noted before holds. */
  | { action: 'adopt' }
  /** The last process that worked on the release died in the middle. */
  | { action: 'unlock' }
  /** The last try failed and its remediation is due. */
  | { action: 'rollback'; toRevision: number }
  | { action: 'uninstall' }
  /** Nobody can help but a person, or other content. */
  | { action: 'give-up'; reason: 'RetriesExceeded' | 'MissingRollbackTarget'; message: string };

/**
 * Decides what is to be done next from the stored release, what is wanted and what was tried: helm-controller's
 * `actionForState`. `forced`: a person asked for an action whatever was tried before.
 */
export function nextAction(known: Known, forced: boolean): NextAction {
  const { spec, status } = known;
  const { state } = determineState(known);
  switch (state) {
    case 'in-sync':
      return { action: forced ? 'upgrade' : 'none' };
    case 'locked':
      return { action: 'unlock' };
    case 'untested':
      return { action: 'test' };
    case 'unmanaged':
      return { action: 'adopt' };
    case 'absent':
      return forced || !isExhausted(spec.install?.remediation, status.installFailures)
        ? { action: 'install' }
        : giveUp(known);
    case 'out-of-sync':
      return forced || !isExhausted(spec.upgrade?.remediation, status.upgradeFailures)
        ? { action: 'upgrade' }
        : giveUp(known);
    case 'failed':
      return forced ? { action: 'upgrade' } : afterFailure(known);
  }
}

function afterFailure(known: Known): NextAction {
  const { spec, status, records } = known;
  const remediation = activeRemediation(spec, status);
  const isInstall = status.lastAttemptedReleaseAction === 'install';
  const failures = (isInstall ? status.installFailures : status.upgradeFailures) ?? 0;
  // Other content, or a try that was interrupted and did not fail: the release goes on from where it is.
  if (remediation === undefined || failures === 0 || retriesOnly(spec, status)) return { action: 'upgrade' };
  const remediateLast = remediation.remediateLastFailure ?? (!isInstall && (remediation.retries ?? 0) > 0);
  if (isExhausted(remediation, failures) && !remediateLast) return giveUp(known);
  if (isInstall || remediation.strategy === 'uninstall') return { action: 'uninstall' };
  const target = previousSnapshot(status, ignoresTests(spec, remediation));
  if (target !== undefined && records.some(({ version }) => version === target.version))
    return { action: 'rollback', toRevision: target.version };
  const message = 'Failed to perform remediation: there is no earlier release that was deployed well to go back to';
  return { action: 'give-up', reason: 'MissingRollbackTarget', message };
}

/** Whether failures are just tried again after a time, and how long that is, as the spec has it. */
export function retriesOnly(
  spec: HelmReleaseSpec,
  { lastAttemptedReleaseAction: action }: Known['status'],
): { retryInterval: string } | undefined {
  const strategy = action === undefined ? undefined : spec[action]?.strategy;
  if (strategy?.name !== 'RetryOnFailure') return undefined;
  return { retryInterval: strategy.retryInterval ?? '5m' };
}

/** `retries` tries after the first one, none when it is left out; -1: without end. */
function isExhausted(remediation: Remediation = {}, failures = 0): boolean {
  const { retries = 0 } = remediation;
  return retries >= 0 && failures > retries;
}

function giveUp({ status }: Known): NextAction {
  const action = status.lastAttemptedReleaseAction ?? 'upgrade';
  const failures = (action === 'install' ? status.installFailures : status.upgradeFailures) ?? 0;
  return { action: 'give-up', reason: 'RetriesExceeded', message: `Failed to ${action} after ${failures} attempt(s)` };
}
