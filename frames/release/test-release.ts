import { errorMessage } from '@croft/foundation/errors';
import type { ReleaseRecord } from '@croft/helm/release/record';
import { runHooks } from './hooks.ts';
import { type ReleaseName, readHistory, updateRecord } from './record-store.ts';
import { type ActionOptions, ReleaseError } from './release-context.ts';
import type { WaitContext } from './wait.ts';

/** Runs the test hooks of the newest record and keeps how they went in it. Throws ReleaseError when one fails. */
export async function testRelease(
  context: WaitContext,
  { release, timeoutMs }: ActionOptions & { release: ReleaseName },
): Promise<ReleaseRecord> {
  const record = (await readHistory(context.client, release)).at(-1);
  if (record === undefined) throw new Error(`release: not found: "${release.name}"`);
  try {
    await runHooks(context, record, 'test', timeoutMs);
  } catch (error) {
    await updateRecord(context.client, context.clock, record);
    throw new ReleaseError(errorMessage(error), record, { cause: error });
  }
  await updateRecord(context.client, context.clock, record);
  return record;
}
