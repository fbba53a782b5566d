import { keyOf, type UnknownObject } from '@croft/api/object';
import { isConflict } from '@croft/api/status';
import { errorMessage } from '@croft/foundation/errors';
import type { JsonObject } from '@croft/foundation/json';
import { createMergePatch, createThreeWayPatch } from '@croft/patch/three-way-patch';
import { takeOverFields } from './field-manager.ts';
import { findMergeType } from './merge-type.ts';
import type { ResolvedObject } from './objects.ts';
import type { ReleaseContext } from './release-context.ts';

/** How objects that exist are brought to what a manifest says. */
export type ApplyMethod =
  /** A three-way patch between the last manifest, the new one and the live object. */
  | {
      by: 'patch' /** For custom kinds, too: otherwise they get the difference of the manifests. */;
      threeWay?: boolean;
    }
  | { by: 'replace' }
  | {
      by: 'server';
      /** Take fields over from other managers. */
      forceConflicts: boolean;
      /** Make helm's own fields of earlier patches those of server-side apply first. */
      takesOver?: boolean;
    };

const fieldManager = 'helm';

/** Makes an object that is not there; with `dryRun` only tells how it would be. */
export async function createObject(
  context: ReleaseContext,
  resolved: ResolvedObject,
  method: ApplyMethod,
  dryRun = false,
): Promise<UnknownObject> {
  const { kind, object } = resolved;
  if (method.by === 'server') return await applyOnServer(context, resolved, method.forceConflicts, dryRun);
  return await context.client.create(kind, object, { fieldManager, dryRun });
}

/** Brings an object that is there from what the last manifest said to what the new one says; with `dryRun` only tells how it would be. */
export async function updateObject(
  context: ReleaseContext,
  original: UnknownObject,
  resolved: ResolvedObject,
  method: ApplyMethod,
  dryRun = false,
): Promise<UnknownObject> {
  if (method.by === 'server') {
    if (method.takesOver === true && !dryRun) await takeOverFields(context, resolved, fieldManager);
    return await applyOnServer(context, resolved, method.forceConflicts, dryRun);
  }
  if (method.by === 'replace') return await replaceObject(context, resolved, dryRun);
  return await patchObject(context, original, resolved, { threeWay: method.threeWay === true, dryRun });
}

async function replaceObject(
  { client }: ReleaseContext,
  { kind, object }: ResolvedObject,
  dryRun: boolean,
): Promise<UnknownObject> {
  try {
    const { metadata } = await client.get(kind, keyOf(object));
    const named = { ...object.metadata, resourceVersion: metadata.resourceVersion };
    return await client.replace(kind, { ...object, metadata: named }, { fieldManager, dryRun });
  } catch (error) {
    throw new Error(`failed to replace object: ${errorMessage(error)}`, { cause: error });
  }
}

async function patchObject(
  { client }: ReleaseContext,
  original: UnknownObject,
  { kind, object }: ResolvedObject,
  { threeWay, dryRun }: { threeWay: boolean; dryRun: boolean },
): Promise<UnknownObject> {
  const key = keyOf(object);
  const stored = await client.get(kind, key);
  const live = stored as unknown as JsonObject;
  const before = original as unknown as JsonObject;
  const after = object as unknown as JsonObject;
  const mergeType = findMergeType(kind, object);
  const patch =
    mergeType === undefined && !threeWay
      ? createMergePatch(before, after)
      : createThreeWayPatch(before, after, live, mergeType);
  if (Object.keys(patch).length === 0) return stored;
  try {
    const type = mergeType === undefined ? 'merge' : 'strategic';
    return await client.patch(kind, key, patch, { fieldManager, type, dryRun });
  } catch (error) {
    throw new Error(`cannot patch "${key.name}" with kind ${kind.kind}: ${errorMessage(error)}`, { cause: error });
  }
}

async function applyOnServer(
  { client, asHelm }: ReleaseContext,
  { kind, object }: ResolvedObject,
  force: boolean,
  dryRun: boolean,
): Promise<UnknownObject> {
  try {
    return await client.apply(kind, object, { force, fieldManager, dryRun });
  } catch (error) {
    const { name, namespace = '' } = keyOf(object);
    const gvk = `${kind.group}/${kind.version}, Kind=${kind.kind}`;
    const failed = isConflict(error)
      ? 'conflict occurred while applying object'
      : 'server-side apply failed for object';
    const what =
      asHelm === undefined
        ? `cannot apply ${kind.kind} "${name}"${namespace === '' ? '' : ` in namespace ${namespace}`}`
        : `${failed} ${namespace}/${name} ${gvk}`;
    throw new Error(`${what}: ${errorMessage(error)}`, { cause: error });
  }
}
