import type { Kind } from '@croft/api/kind';
import { type KubeObject, keyOf, type Stored, type UnknownObject } from '@croft/api/object';
import { isInvalid } from '@croft/api/status';
import { errorMessage } from '@croft/foundation/errors';
import { awaitedOf, type WaitContext, waitForAbsence } from '@croft/release/wait';
import { takeOverFields } from './field-owners.ts';
import { type IgnoredPaths, keepIgnored } from './ignore-rules.ts';
import { hasMark, marks } from './marks.ts';

export type Change = 'created' | 'configured' | 'unchanged' | 'skipped';

export interface ApplyObjectOptions {
  fieldManager: string;
  /** Make an object anew where a field cannot be changed; else only those that are marked so. */
  force: boolean;
  ignored: IgnoredPaths;
  timeoutMs: number;
}

/** Applies one object server-side as kustomize-controller does. Throws what the API answers, and what can be done about it. */
export async function applyObject(
  context: WaitContext,
  kind: Kind,
  wanted: UnknownObject,
  options: ApplyObjectOptions,
): Promise<Change> {
  const { client } = context;
  const { fieldManager } = options;
  const present = await client.find<KubeObject>(kind, keyOf(wanted));
  if (hasMark(marks.ignored, wanted, present)) return 'skipped';
  if (present === undefined) {
    await client.apply(kind, wanted, { force: true, fieldManager });
    return 'created';
  }
  if (hasMark(marks.ifNotPresent, wanted)) return 'skipped';
  const isMerged = hasMark(marks.merged, wanted, present);
  const taken = isMerged ? present : await takeOverFields(client, kind, present, fieldManager);
  const object = keepIgnored(wanted, taken, options.ignored(wanted));
  try {
    const after: Stored<KubeObject> = await client.apply(kind, object, { force: true, fieldManager });
    return present.metadata.resourceVersion === after.metadata.resourceVersion ? 'unchanged' : 'configured';
  } catch (error) {
    if (!isImmutable(error)) throw error;
    if (!options.force && !hasMark(marks.forced, wanted, present)) throw withAdvice(error);
    await recreate(context, kind, wanted, present, options);
    return 'created';
  }
}

async function recreate(
  context: WaitContext,
  kind: Kind,
  wanted: UnknownObject,
  present: Stored<KubeObject>,
  { fieldManager, timeoutMs }: ApplyObjectOptions,
): Promise<void> {
  const { client } = context;
  await client.remove(kind, keyOf(wanted), { propagationPolicy: 'Background', uid: present.metadata.uid });
  await waitForAbsence(context, [awaitedOf(kind, wanted)], timeoutMs);
  await client.apply(kind, wanted, { force: true, fieldManager });
}

function isImmutable(error: unknown): boolean {
  return isInvalid(error) && /immutable|may not be changed|forbidden: updates to/i.test(errorMessage(error));
}

function withAdvice(error: unknown): Error {
  const advice = 'set spec.force, or the annotation kustomize.toolkit.fluxcd.io/force: enabled on the object';
  return new Error(`${errorMessage(error)}; to have it deleted and made anew, ${advice}`, { cause: error });
}
