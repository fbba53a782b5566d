import { errorMessage } from '@croft/foundation/errors';
import { ReleaseError } from '@croft/release/release-context';
import { testRelease } from '@croft/release/test-release';
import { durationText } from '../duration.ts';
import { timeoutMsOf } from './deploy.ts';
import { chartText, countFailure, note, type ReleaseJob, releaseText, showProgress } from './release-job.ts';
import { activeRemediation, ignoresTests } from './release-state.ts';
import { noteTests } from './snapshots.ts';

/** Runs the tests of the release that the spec chooses, and notes how they went. */
export async function runTests(job: ReleaseJob): Promise<void> {
  const { context, pass, spec, release } = job;
  const [current] = pass.status.history ?? [];
  if (current === undefined) return;
  const what = `release ${releaseText(current)} with chart ${chartText(current)}`;
  const { filters = [] } = spec.test ?? {};
  const timeoutMs = timeoutMsOf(spec, 'test');
  await showProgress(job, `Running 'test' action with timeout of ${durationText(timeoutMs)}`);
  const names = (exclude: boolean) =>
    filters.filter((filter) => (filter.exclude ?? false) === exclude).map(({ name }) => name);
  try {
    const options = { release, timeoutMs, include: names(false), exclude: names(true) };
    noteTests(pass.status, await testRelease(context, options), filters);
    const count = Object.keys(pass.status.history?.[0]?.testHooks ?? {}).length;
    const outcome =
      count === 0 ? 'no test hooks' : `${count} test hook${count === 1 ? '' : 's'} completed successfully`;
    note(job, 'TestSuccess', 'True', 'TestSucceeded', `Helm test succeeded for ${what}: ${outcome}`);
  } catch (error) {
    if (context.signal?.aborted) throw error;
    if (!(error instanceof ReleaseError)) throw error; // nothing was run: the API itself failed
    noteTests(pass.status, error.record, filters);
    note(job, 'TestSuccess', 'False', 'TestFailed', `Helm test failed for ${what}: ${errorMessage(error)}`);
    if (ignoresTests(spec, activeRemediation(spec, pass.status))) return;
    countFailure(pass, pass.status.lastAttemptedReleaseAction ?? 'upgrade');
  }
}
