import type { UnknownObject } from '@croft/api/object';
import { inBatches, throwCombined } from './batches.ts';
import type { ResolvedObject } from './objects.ts';
import type { ReleaseContext } from './release-context.ts';
import { type ApplyMethod, createObject } from './write-object.ts';

/** Makes objects, neighbours of one kind side by side; gives them as they then stand. Throws what failed when all were tried. */
export async function createObjects(
  context: ReleaseContext,
  objects: readonly ResolvedObject[],
  method: ApplyMethod,
): Promise<UnknownObject[]> {
  const written: UnknownObject[] = [];
  const failures = await inBatches(objects, async (resolved) => {
    written.push(await createObject(context, resolved, method));
  });
  throwCombined(failures, context.asHelm);
  return written;
}
