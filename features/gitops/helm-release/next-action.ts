import type { ReleaseRecord } from '@croft/helm/release/record';
import type { HelmRelease, HelmReleaseSpec } from './types.ts';

/** What the release must become: the chart and the values by their digests. */
export interface Wanted {
  chartVersion: string;
  /** Of chart content and values together. */
  configDigest: string;
}

export type NextAction =
  | { action: 'none' }
  | { action: 'install' | 'upgrade' }
  | { action: 'test' }
  /** The last try failed and its remediation is due. */
  | { action: 'rollback' | 'uninstall' }
  /** The last process that worked on the release died in the middle. */
  | { action: 'unlock' }
  /** All tries failed: only other content can help. */
  | { action: 'give-up'; message: string };

interface Known {
  history: readonly ReleaseRecord[];
  spec: HelmReleaseSpec;
  status: NonNullable<HelmRelease['status']>;
  wanted: Wanted;
}

/**
 * Decides what is to be done next from the stored release, what is wanted and what was tried: the state machine of
 * Flux's helm-controller.
 */
export function nextAction({ history, spec, status, wanted }: Known): NextAction {
  const newest = history.at(-1);
  if (newest === undefined || newest.info.status === 'uninstalled') return tryInstall(spec, status, wanted);
  if (newest.info.status.startsWith('pending-') || newest.info.status === 'uninstalling') return { action: 'unlock' };
  const tried = status.lastAttemptedConfigDigest === wanted.configDigest;
  if (newest.info.status === 'failed') return afterFailure({ history, spec, status, wanted }, tried);
  if (isDeployed(status, newest, wanted))
    return isTestDue(spec, status, newest) ? { action: 'test' } : { action: 'none' };
  if (!tried) return { action: 'upgrade' };
  return afterRemediation(spec, status);
}

function tryInstall(spec: HelmReleaseSpec, status: Known['status'], wanted: Wanted): NextAction {
  const tried = status.lastAttemptedConfigDigest === wanted.configDigest;
  const failures = tried ? (status.installFailures ?? 0) : 0;
  const retries = spec.install?.remediation?.retries ?? 0;
  if (failures > 0 && retries >= 0 && failures > retries) return giveUp('install', failures);
  return { action: 'install' };
}

/** The newest record is of a failed try. */
function afterFailure({ history, spec, status }: Known, tried: boolean): NextAction {
  const wasInstall = history.length === 1 || status.lastAttemptedReleaseAction === 'install';
  const kind = wasInstall ? 'install' : 'upgrade';
  const failures = (wasInstall ? status.installFailures : status.upgradeFailures) ?? 0;
  // Other content, or a try that was interrupted and did not fail: the release goes on from where it is.
  if (!tried || failures === 0) return { action: 'upgrade' };
  const remediation = spec[kind]?.remediation;
  const retries = remediation?.retries ?? 0;
  const left = retries < 0 || failures <= retries;
  const remediateLast = remediation?.remediateLastFailure ?? (kind === 'upgrade' && retries > 0);
  if (remediation === undefined || (!left && !remediateLast))
    return left && remediation !== undefined ? { action: 'upgrade' } : giveUp(kind, failures);
  if (wasInstall) return { action: 'uninstall' };
  return { action: remediation.strategy ?? 'rollback' };
}

/** The release runs with older content after a rollback, and this content was tried already. */
function afterRemediation(spec: HelmReleaseSpec, status: Known['status']): NextAction {
  const failures = status.upgradeFailures ?? 0;
  const retries = spec.upgrade?.remediation?.retries ?? 0;
  if (failures === 0 || retries < 0 || failures <= retries) return { action: 'upgrade' };
  return giveUp('upgrade', failures);
}

function giveUp(kind: 'install' | 'upgrade', failures: number): NextAction {
  return { action: 'give-up', message: `Failed to ${kind} after ${failures} attempt(s)` };
}

/** The newest record is what is wanted, by the digest that was noted when it was made. */
function isDeployed({ history = [] }: Known['status'], newest: ReleaseRecord, wanted: Wanted): boolean {
  const snapshot = history.find(({ version }) => version === newest.version);
  return newest.info.status === 'deployed' && snapshot?.configDigest === wanted.configDigest;
}

function isTestDue(spec: HelmReleaseSpec, { history = [] }: Known['status'], newest: ReleaseRecord): boolean {
  if (!spec.test?.enable || !newest.hooks.some(({ events }) => events.includes('test'))) return false;
  return history.find(({ version }) => version === newest.version)?.testHooks === undefined;
}
