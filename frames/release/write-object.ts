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

/** Makes an object that is not there. */
export async function createObject(context: ReleaseContext, resolved: ResolvedObject, method: ApplyMethod) {
  const { kind, object } = resolved;
  if (method.by === 'server') return await applyOnServer(context, resolved, method.forceConflicts);
  await context.client.create(kind, object, { fieldManager });
}

/** Brings an object that is there from what the last manifest said to what the new one says. */
export async function updateObject(
  context: ReleaseContext,
  original: UnknownObject,
  resolved: ResolvedObject,
  method: ApplyMethod,
): Promise<void> {
  if (method.by === 'server') {
    if (method.takesOver === true) await takeOverFields(context, resolved, fieldManager);
    return await applyOnServer(context, resolved, method.forceConflicts);
  }
  if (method.by === 'replace') return await replaceObject(context, resolved);
  await patchObject(context, original, resolved, method.threeWay === true);
}

async function replaceObject({ client }: ReleaseContext, { kind, object }: ResolvedObject): Promise<void> {
  try {
    const { metadata } = await client.get(kind, keyOf(object));
    const named = { ...object.metadata, resourceVersion: metadata.resourceVersion };
    await client.replace(kind, { ...object, metadata: named }, { fieldManager });
  } catch (error) {
    throw new Error(`failed to replace object: ${errorMessage(error)}`, { cause: error });
  }
}

async function patchObject(
  { client }: ReleaseContext,
  original: UnknownObject,
  { kind, object }: ResolvedObject,
  threeWay: boolean,
): Promise<void> {
  const key = keyOf(object);
  const live = (await client.get(kind, key)) as unknown as JsonObject;
  const before = original as unknown as JsonObject;
  const after = object as unknown as JsonObject;
  const mergeType = findMergeType(kind, object);
  const patch =
    mergeType === undefined && !threeWay
      ? createMergePatch(before, after)
      : createThreeWayPatch(before, after, live, mergeType);
  if (Object.keys(patch).length === 0) return;
  try {
    const type = mergeType === undefined ? 'merge' : 'strategic';
    await client.patch(kind, key, patch, { fieldManager, type });
  } catch (error) {
    throw new Error(`cannot patch "${key.name}" with kind ${kind.kind}: ${errorMessage(error)}`, { cause: error });
  }
}

async function applyOnServer(
  { client, asHelm }: ReleaseContext,
  { kind, object }: ResolvedObject,
  force: boolean,
): Promise<void> {
  try {
    await client.apply(kind, object, { force, fieldManager });
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
