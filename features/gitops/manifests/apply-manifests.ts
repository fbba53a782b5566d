import type { Kind } from '@croft/api/kind';
import { formatKey, keyOf } from '@croft/api/object';
import { errorMessage } from '@croft/foundation/errors';
import { type Awaited, awaitedOf, type WaitContext, waitForObjects } from '@croft/release/wait';
import type { InventoryEntry } from '../kustomization/types.ts';
import { type ApplyObjectOptions, applyObject } from './apply-object.ts';
import { compareForApply, stageOf } from './apply-order.ts';
import { inventoryEntryOf } from './inventory.ts';
import type { KindCache } from './kind-cache.ts';
import { normalizeObject, type Placement } from './normalize.ts';
import type { Manifest } from './read-manifests.ts';

export interface Applied {
  inventory: InventoryEntry[];
  /** What was applied, without what is left alone. */
  objects: Awaited[];
  /** What changed: an object's name and `created` or `configured`. */
  changes: string[];
  /** One text for each object that could not be applied. */
  failures: string[];
}

export interface ApplyOptions extends ApplyObjectOptions {
  placement: Placement;
  kinds: KindCache;
}

const stages = ['definitions', 'classes', 'rest', 'hooks'] as const;
const atOnce = 4;

export function emptyApplied(): Applied {
  return { inventory: [], objects: [], changes: [], failures: [] };
}

/**
 * Applies objects server-side in stages, definitions and namespaces first. One object's failure does not stop the others.
 * What is done is noted in `applied` as it is done, so that it is known when the context's signal ends the work.
 */
export async function applyManifests(
  context: WaitContext,
  manifests: readonly Manifest[],
  options: ApplyOptions,
  applied: Applied,
): Promise<void> {
  const inOrder = manifests.toSorted((a, b) => compareForApply(a.object, b.object));
  for (const stage of stages) {
    const members = inOrder.filter(({ object }) => stageOf(object) === stage);
    await applyStage(context, members, options, applied);
    if (stage === 'definitions') await waitForDefinitions(context, options, applied);
  }
  applied.inventory.sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** Objects of a kind that is being defined can be applied once its definition is established. */
async function waitForDefinitions(context: WaitContext, { timeoutMs }: ApplyOptions, applied: Applied): Promise<void> {
  const definitions = applied.objects.filter(({ kind }) => kind.kind === 'CustomResourceDefinition');
  try {
    await waitForObjects(context, definitions, { timeoutMs });
  } catch (error) {
    if (context.signal?.aborted) throw error;
    applied.failures.push(errorMessage(error));
  }
}

/** Several objects at once, begun in their order. */
async function applyStage(
  context: WaitContext,
  manifests: readonly Manifest[],
  options: ApplyOptions,
  applied: Applied,
): Promise<void> {
  const left = manifests.values();
  const work = async () => {
    for (const manifest of left) await applyOne(context, manifest, options, applied);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, manifests.length) }, work));
}

async function applyOne(
  context: WaitContext,
  { object, file }: Manifest,
  options: ApplyOptions,
  applied: Applied,
): Promise<void> {
  context.signal?.throwIfAborted();
  let name = `${object.kind}/${formatKey(keyOf(object))}`;
  let kind: Kind | undefined;
  try {
    kind = await options.kinds.find(object.apiVersion, object.kind);
    if (kind === undefined)
      throw new Error(
        `the API serves no ${object.kind} of ${object.apiVersion}; is its CustomResourceDefinition missing?`,
      );
    const wanted = normalizeObject(object, kind, options.placement);
    name = `${object.kind}/${formatKey(keyOf(wanted))}`;
    applied.inventory.push(inventoryEntryOf(kind, wanted));
    const change = await applyObject(context, kind, wanted, options);
    if (change !== 'skipped') applied.objects.push(awaitedOf(kind, wanted));
    if (change === 'created' || change === 'configured') applied.changes.push(`${name} ${change}`);
  } catch (error) {
    if (context.signal?.aborted) throw error;
    if (kind !== undefined) options.kinds.forget(kind);
    applied.failures.push(`${file}: ${name}: ${errorMessage(error)}`);
  }
}
