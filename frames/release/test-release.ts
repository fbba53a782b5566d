import { errorMessage } from '@croft/foundation/errors';
import type { ReleaseHook, ReleaseRecord } from '@croft/helm/release/record';
import { validateReleaseName } from '@croft/helm/release/release-name';
import { hookMethod, usesServerSide } from './apply-method.ts';
import { runHooks } from './hooks.ts';
import { requireReachable } from './reachable.ts';
import { ReleaseNotFoundError, readHistory, updateRecord } from './record-store.ts';
import { type ActionOptions, type ReleaseContext, ReleaseError } from './release-context.ts';

export interface TestOptions extends Omit<ActionOptions, 'wait'> {
  /** Only tests of these names; all when there are none. */
  include?: readonly string[];
  exclude?: readonly string[];
  /** Called when the record is stored; as Helm 4, before tests are deleted that ask for it. */
  onTested?: (record: ReleaseRecord) => Promise<void>;
}

/** Runs the test hooks of the newest record and keeps how they went in it. Throws ReleaseError when one fails. */
export async function testRelease(context: ReleaseContext, options: TestOptions): Promise<ReleaseRecord> {
  const { client, asHelm } = context;
  await requireReachable(client, asHelm);
  const { name } = options.release;
  try {
    validateReleaseName(name);
  } catch (error) {
    throw new Error(`releaseTest: Release name is invalid: ${name}`, { cause: error });
  }
  const record = (await readHistory(client, options.release)).at(-1);
  if (record === undefined) throw new ReleaseNotFoundError();
  const { chosen, skipped } = chooseHooks(record.hooks, options);
  const running = { ...record, hooks: chosen };
  const tested = { ...record, hooks: [...skipped, ...chosen] };
  const method = hookMethod(context, usesServerSide(context, undefined, record));
  const store = async () => {
    await updateRecord(context, tested);
    await options.onTested?.(tested);
  };
  const early = asHelm === 4 ? { beforeCleanup: store } : {};
  try {
    await runHooks(context, running, { ...options, ...early, event: 'test', method });
  } catch (error) {
    if (asHelm !== 4) await store();
    throw new ReleaseError(errorMessage(error), tested, { cause: error });
  }
  if (asHelm !== 4) await store();
  return tested;
}

/** Helm stores skipped hooks before the others: those that are excluded, then those that are not included. */
function chooseHooks(hooks: readonly ReleaseHook[], { include = [], exclude = [] }: TestOptions) {
  const excluded = hooks.filter(({ name }) => exclude.includes(name));
  const left = hooks.filter(({ name }) => !exclude.includes(name));
  if (include.length === 0) return { chosen: left, skipped: excluded };
  const chosen = left.filter(({ name }) => include.includes(name));
  return { chosen, skipped: [...excluded, ...left.filter((hook) => !chosen.includes(hook))] };
}
