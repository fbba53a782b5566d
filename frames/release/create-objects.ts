import { inBatches, throwCombined } from './batches.ts';
import type { ResolvedObject } from './objects.ts';
import type { ReleaseContext } from './release-context.ts';
import { type ApplyMethod, createObject } from './write-object.ts';

/** Makes objects, neighbours of one kind side by side. Throws what failed when all were tried. */
export async function createObjects(
  context: ReleaseContext,
  objects: readonly ResolvedObject[],
  method: ApplyMethod,
): Promise<void> {
  const failures = await inBatches(objects, async (resolved) => {
    await createObject(context, resolved, method);
  });
  throwCombined(failures, context.asHelm);
}
