import { type Condition, findCondition } from '@croft/controller/conditions';
import type { HelmRelease, ReleaseSnapshot } from '@croft/gitops/helm-release/types';

/** The last try of a release that failed, while none has succeeded since. */
export interface ReleaseFailure {
  what: 'install' | 'update' | 'test';
  /** The chart's version that was tried. */
  version: string;
  /** It is another version than the one that runs: else values or the like have changed. */
  isOtherChart: boolean;
  /** Why, without the words around it. */
  reason: string;
  /** What became of it, for people; empty where nothing was done. */
  remedy: string;
  /** The chart's version of the try that is under way; undefined where there is none. */
  trying: string | undefined;
}

/** What Ready says of a failure of the release itself. Another reason tells of something that came before or after it. */
const reasonsOfFailures = [
  'InstallFailed',
  'UpgradeFailed',
  'TestFailed',
  'RetriesExceeded',
  'MissingRollbackTarget',
  'RollbackSucceeded',
  'RollbackFailed',
  'UninstallSucceeded',
  'UninstallFailed',
  'Progressing',
];

/** Reads the failure from the conditions, which stay until a try succeeds. Undefined when all is well, or something else is wrong. */
export function findReleaseFailure({ status }: HelmRelease): ReleaseFailure | undefined {
  const find = (type: string) => findCondition(status?.conditions, type);
  const ready = find('Ready');
  if (ready?.status === 'True' || !reasonsOfFailures.includes(ready?.reason ?? '')) return undefined;
  const failed = [find('TestSuccess'), find('Released')].find((condition) => condition?.status === 'False');
  if (failed === undefined || failed.reason === 'PendingRelease') return undefined;
  const { version, reason } = parseFailure(failed.message ?? '');
  const attempted = status?.lastAttemptedRevision ?? '';
  const [newest] = status?.history ?? [];
  return {
    what: failed.reason === 'InstallFailed' ? 'install' : failed.reason === 'TestFailed' ? 'test' : 'update',
    version: version ?? attempted,
    isOtherChart: newest?.status !== 'deployed' || newest.chartVersion !== (version ?? attempted),
    reason,
    remedy: describeRemedy(find('Remediated'), find('Reconciling'), newest),
    trying: ready?.status === 'Unknown' ? attempted : undefined,
  };
}

/** `Helm upgrade failed for release apps/web with chart web@2.0.0: why`, in the words of Flux and Croft. */
function parseFailure(message: string): { version?: string; reason: string } {
  const found = /^Helm \w+ failed for release \S+ with chart [^@\s]+@(\S+): (?:will not become ready: )?(.*)$/s.exec(
    message,
  );
  const [, version, reason = message] = found ?? [];
  return { ...(version === undefined ? {} : { version }), reason: reason.trim() };
}

function describeRemedy(
  remediated: Condition | undefined,
  reconciling: Condition | undefined,
  newest: ReleaseSnapshot | undefined,
): string {
  const action = /^Running '(rollback|uninstall)'/.exec(reconciling?.message ?? '')?.[1];
  if (action !== undefined) return action === 'rollback' ? 'it is being rolled back' : 'it is being removed';
  switch (remediated?.reason) {
    case 'RollbackSucceeded':
      return `chart ${newest?.chartVersion} runs again`;
    case 'UninstallSucceeded':
      return 'what it made is removed';
    case 'RollbackFailed':
      return 'and so did going back';
    case 'UninstallFailed':
      return 'and so did removing what it made';
    default:
      return newest?.status === 'deployed' ? `chart ${newest.chartVersion} goes on as it was` : '';
  }
}

/** The failure in one line: `the update to chart 1.2.0 failed, chart 1.1.0 runs again: why`. */
export function describeFailure({ what, version, isOtherChart, remedy, trying, reason }: ReleaseFailure): string {
  const subject =
    what !== 'update' ? `of chart ${version}` : isOtherChart ? `to chart ${version}` : 'with other values';
  const next = trying === version ? 'it is being tried again' : `chart ${trying} is being tried now`;
  const parts = [`the ${what} ${subject} failed`, remedy, trying === undefined ? '' : next];
  return `${parts.filter((part) => part !== '').join(', ')}: ${reason}`;
}
