import { keyOf, type UnknownObject } from '@croft/api/object';
import { errorMessage } from '@croft/foundation/errors';
import type { UpgradeOptions } from './deploy-options.ts';
import { findSame, type ResolvedObject, without } from './objects.ts';
import { findLive } from './ownership.ts';
import type { ReleaseContext } from './release-context.ts';
import { buildRollback, prepareRollback, type RollbackOptions, rollbackMethod } from './rollback.ts';
import { prepareUpgrade, upgradeMethod } from './upgrade.ts';
import { type ApplyMethod, createObject, updateObject } from './write-object.ts';

/** What becomes of one live object. */
export interface ObjectChange {
  resolved: ResolvedObject;
  /** undefined when there is none yet. */
  before: UnknownObject | undefined;
  /** undefined when it goes. */
  after: UnknownObject | undefined;
  /** Why the API would refuse it. */
  refusal?: string;
}

/** What an upgrade would make of the live objects: the API itself is asked, in dry runs. Changes nothing. */
export async function previewUpgrade(context: ReleaseContext, options: UpgradeOptions): Promise<ObjectChange[]> {
  const dry: UpgradeOptions = { ...options, dryRun: 'server' };
  const upgrade = await prepareUpgrade(context, dry);
  const method = upgradeMethod(context, dry, upgrade);
  return await previewObjects(context, upgrade.before, upgrade.objects, method);
}

/** What a rollback would make of the live objects. Changes nothing. */
export async function previewRollback(context: ReleaseContext, options: RollbackOptions): Promise<ObjectChange[]> {
  const rollback = await prepareRollback(context, options);
  const { before, objects } = await buildRollback(context, rollback);
  return await previewObjects(context, before, objects, rollbackMethod(context, options, rollback));
}

async function previewObjects(
  context: ReleaseContext,
  original: readonly ResolvedObject[],
  target: readonly ResolvedObject[],
  method: ApplyMethod,
): Promise<ObjectChange[]> {
  const changes: ObjectChange[] = [];
  for (const resolved of target) changes.push(await previewObject(context, original, resolved, method));
  for (const resolved of without(original, target)) {
    const before = await findLive(context.client, resolved);
    const isKept = before?.metadata?.annotations?.['helm.sh/resource-policy'] === 'keep';
    if (before !== undefined && !isKept) changes.push({ resolved, before, after: undefined });
  }
  return changes;
}

async function previewObject(
  context: ReleaseContext,
  original: readonly ResolvedObject[],
  resolved: ResolvedObject,
  method: ApplyMethod,
): Promise<ObjectChange> {
  const before = await findLive(context.client, resolved);
  try {
    const known = findSame(original, resolved)?.object ?? before;
    const after =
      before === undefined || known === undefined
        ? await createObject(context, resolved, method, true)
        : await updateObject(context, known, resolved, method, true);
    return { resolved, before, after };
  } catch (error) {
    const { name } = keyOf(resolved.object);
    return {
      resolved,
      before,
      after: resolved.object,
      refusal: `${resolved.kind.kind} ${name}: ${errorMessage(error)}`,
    };
  }
}
