import { keyOf, type UnknownObject } from '@croft/api/object';
import { isNotFound } from '@croft/api/status';
import { errorMessage } from '@croft/foundation/errors';
import { findSame, type ResolvedObject, without } from './objects.ts';
import { findLive } from './ownership.ts';
import type { ReleaseContext } from './release-context.ts';
import { type ApplyMethod, createObject, updateObject } from './write-object.ts';

const policyAnnotation = 'helm.sh/resource-policy';

interface Update {
  /** What the manifest before held, and what is adopted. */
  original: readonly ResolvedObject[];
  target: readonly ResolvedObject[];
  method: ApplyMethod;
  /** Filled with what was made, also when the update fails; left out where nobody asks for that. */
  created?: ResolvedObject[] | undefined;
}

/**
 * Brings the API from the objects of one manifest to those of another, one after the other: makes, changes, and then deletes
 * what the new one lacks. Gives the objects as they then stand. Throws at the first that cannot be made, and after all when
 * some could not be changed.
 */
export async function updateObjects(context: ReleaseContext, update: Update): Promise<UnknownObject[]> {
  const failures: string[] = [];
  const written: UnknownObject[] = [];
  for (const resolved of update.target) {
    const object = await bringUp(context, update, resolved, failures);
    if (object !== undefined) written.push(object);
    context.signal?.throwIfAborted();
  }
  if (failures.length > 0) throw new Error(failures.join(context.asHelm === undefined ? '; ' : ' && '));
  await deleteObsolete(context, without(update.original, update.target));
  return written;
}

/** Makes or changes one object, and gives it. Throws when it cannot be made; that it cannot be changed is noted. */
async function bringUp(
  context: ReleaseContext,
  update: Update,
  resolved: ResolvedObject,
  failures: string[],
): Promise<UnknownObject | undefined> {
  const note = (error: unknown) => {
    failures.push(errorMessage(error));
    return undefined;
  };
  if (needsNoLook(context, update)) {
    return await updateObject(context, resolved.object, resolved, update.method).catch(async (error: unknown) => {
      if ((await findForUpdate(context, resolved)) === undefined) throw error;
      return note(error);
    });
  }
  const live = await findForUpdate(context, resolved);
  if (live === undefined) {
    update.created?.push(resolved);
    return await createMissing(context, resolved, update.method);
  }
  const original = originalOf(context, update, resolved, live);
  return await updateObject(context, original, resolved, update.method).catch(note);
}

/** A server-side apply makes what is not there, and needs no base. */
function needsNoLook({ asHelm }: ReleaseContext, { method, created }: Update): boolean {
  return asHelm === undefined && method.by === 'server' && created === undefined;
}

async function findForUpdate({ client }: ReleaseContext, resolved: ResolvedObject): Promise<UnknownObject | undefined> {
  try {
    return await findLive(client, resolved);
  } catch (error) {
    throw new Error(`could not get information about the resource: ${errorMessage(error)}`, { cause: error });
  }
}

async function createMissing(
  context: ReleaseContext,
  resolved: ResolvedObject,
  method: ApplyMethod,
): Promise<UnknownObject> {
  try {
    return await createObject(context, resolved, method.by === 'server' ? { ...method, takesOver: false } : method);
  } catch (error) {
    if (context.asHelm === undefined) throw error;
    throw new Error(`failed to create resource: ${errorMessage(error)}`, { cause: error });
  }
}

/** Helm 3 refuses an object that is there though its last manifest does not know it; else the live object is the base. */
function originalOf(
  { asHelm, log }: ReleaseContext,
  { original }: Update,
  resolved: ResolvedObject,
  live: UnknownObject,
): UnknownObject {
  const known = findSame(original, resolved);
  if (known !== undefined) return known.object;
  const { name = '' } = keyOf(resolved.object);
  if (asHelm === 3) throw new Error(`no ${resolved.kind.kind} with the name "${name}" found`);
  if (asHelm === 4) log.warn('the object is there but not in the last manifest', { kind: resolved.kind.kind, name });
  return live;
}

async function deleteObsolete(context: ReleaseContext, objects: readonly ResolvedObject[]): Promise<void> {
  const { client, log, asHelm } = context;
  const failures: string[] = [];
  for (const { kind, object } of objects) {
    const key = keyOf(object);
    try {
      const { metadata } = await client.get(kind, key);
      if (metadata.annotations?.[policyAnnotation] === 'keep') continue;
      await client.delete(kind, key, { propagationPolicy: 'Background' });
    } catch (error) {
      if (isNotFound(error)) continue;
      failures.push(errorMessage(error));
      log.warn('an object that the release no longer has stays', { kind: kind.kind, error: errorMessage(error) });
    }
  }
  if (failures.length > 0 && asHelm === undefined) throw new Error(failures.join('; ')); // Helm goes on without a word
}
