import type { Stored } from '@croft/api/object';
import { findCondition } from '@croft/controller/conditions';
import type { HelmRelease } from '@croft/gitops/helm-release/types';
import type { ReleaseFailure } from './release-failure.ts';

/** How an application is, in a word or two for people and programs. */
export type ApplicationState =
  | 'disabled'
  | 'waiting'
  | 'installing'
  | 'updating'
  | 'ready'
  | 'not ready'
  | 'install failed'
  | 'update failed'
  | 'test failed'
  | 'suspended'
  | 'removing';

export interface StateFacts {
  enabled: boolean;
  ready: boolean;
  release: Stored<HelmRelease> | undefined;
  failure: ReleaseFailure | undefined;
}

export function stateOf({ enabled, ready, release, failure }: StateFacts): ApplicationState {
  if (release === undefined) return enabled ? 'waiting' : 'disabled';
  if (release.metadata.deletionTimestamp !== undefined) return 'removing';
  if (release.spec?.suspend === true) return 'suspended';
  if (failure !== undefined && failure.trying === undefined) return `${failure.what} failed`;
  if (ready) return 'ready';
  return workOf(release) ?? 'not ready';
}

/** What is being done with the release; what it waits for is no work. */
function workOf({ status }: HelmRelease): 'installing' | 'updating' | undefined {
  const { message = '', reason } = findCondition(status?.conditions, 'Reconciling') ?? {};
  if (reason !== 'Progressing' || message === '') return undefined;
  return (status?.history ?? []).length === 0 || status?.lastAttemptedReleaseAction === 'install'
    ? 'installing'
    : 'updating';
}

/** What is suspended is not looked at: it is as it was. */
export function isReady({ metadata, spec, status }: Stored<HelmRelease>): boolean {
  const isSeen = spec?.suspend === true || status?.observedGeneration === metadata.generation;
  return isSeen && findCondition(status?.conditions, 'Ready')?.status === 'True';
}

/** Nothing goes on by itself: a person, or other content, must help. */
export function isStuck({ status }: HelmRelease): boolean {
  return findCondition(status?.conditions, 'Stalled')?.status === 'True';
}
