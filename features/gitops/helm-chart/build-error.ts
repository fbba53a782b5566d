import { ReasonedError, StalledError } from '@croft/controller/outcome';
import { errorMessage } from '@croft/foundation/errors';

/** What can fail while a chart is made, with Flux's words for it. */
const failures = {
  InvalidChartReference: 'invalid chart reference',
  ChartPullError: 'chart pull error',
  MetadataPatchError: 'chart metadata patch error',
  ValuesFilesError: 'values files merge error',
  DependencyBuildError: 'dependency build error',
  ChartPackageError: 'chart package error',
} as const;

export type BuildFailure = keyof typeof failures;

/** These last until a person changes the object. */
const persistent: readonly BuildFailure[] = ['InvalidChartReference', 'MetadataPatchError', 'ValuesFilesError'];
const ofFetching: readonly BuildFailure[] = ['InvalidChartReference', 'ChartPullError'];

/** Under which condition a failure shows. */
export function conditionOfFailure(failure: BuildFailure): 'FetchFailed' | 'BuildFailed' {
  return ofFetching.includes(failure) ? 'FetchFailed' : 'BuildFailed';
}

/** Does a part of the work; what it throws becomes this failure unless it has a reason of its own. */
export async function orFail<T>(failure: BuildFailure, work: () => Promise<T> | T): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw asFailure(failure, error);
  }
}

/** The error with the failure's reason and words. */
export function asFailure(failure: BuildFailure, error: unknown): Error {
  if (error instanceof ReasonedError || error instanceof StalledError) return error;
  const message = `${failures[failure]}: ${errorMessage(error)}`;
  const isPersistent = persistent.includes(failure);
  return new (isPersistent ? StalledError : ReasonedError)(failure, message, { cause: error });
}

export function isBuildFailure(reason: string): reason is BuildFailure {
  return reason in failures;
}
