import type { ReleaseRecord } from '@croft/helm/release/record';
import { validateReleaseName } from '@croft/helm/release/release-name';
import { requireReachable } from '@croft/release/reachable';
import { getRecord, ReleaseNotFoundError, readHistory } from '@croft/release/record-store';
import { readNumber } from './action-flags.ts';
import { checkNumber, type Flags } from './flags.ts';
import type { HelmInput } from './helm-command.ts';
import { openSession, type ReleaseSession } from './release-context.ts';

export const revisionFlag: Flags = {
  revision: { type: 'text', value: 'NUMBER', check: checkNumber, help: 'this revision, instead of the newest' },
};

/** The release that the first argument names, in the revision of the flag. Throws, in helm's words, when it is not there. */
export async function getRelease(input: HelmInput): Promise<{ record: ReleaseRecord; session: ReleaseSession }> {
  const { flags, helmVersion } = input;
  const [name = ''] = flags.positionals;
  const revision = readNumber(flags, 'revision', 0);
  const session = await openSession(input);
  await requireReachable(session.context.client, helmVersion);
  return { record: await getRevision(session, name, revision), session };
}

/** A revision of a release, the newest one for 0. Throws ReleaseNotFoundError. */
export async function getRevision(
  { context, nameOf }: ReleaseSession,
  name: string,
  revision: number,
): Promise<ReleaseRecord> {
  try {
    validateReleaseName(name);
  } catch (error) {
    throw new Error(`releaseContent: Release name is invalid: ${name}`, { cause: error });
  }
  if (revision > 0) return await getRecord(context.client, nameOf(name), revision);
  const newest = (await readHistory(context.client, nameOf(name))).at(-1);
  if (newest === undefined) throw new ReleaseNotFoundError();
  return newest;
}
