import { keyOf } from '@croft/api/object';
import { errorMessage } from '@croft/foundation/errors';
import { inBatches } from './batches.ts';
import type { ResolvedObject } from './objects.ts';
import type { ReleaseContext } from './release-context.ts';

export type Propagation = 'Background' | 'Foreground' | 'Orphan';

/** Deletes objects, neighbours of one kind side by side; those that are gone are fine. Gives what could not be deleted. */
export async function deleteObjects(
  { client }: ReleaseContext,
  objects: readonly ResolvedObject[],
  propagationPolicy: Propagation = 'Background',
): Promise<string[]> {
  if (objects.length === 0) return ['object not found, skipping delete: no objects visited'];
  const failures = await inBatches(objects, async ({ kind, object }) => {
    await client.remove(kind, keyOf(object), { propagationPolicy });
  });
  return failures.map(errorMessage);
}
