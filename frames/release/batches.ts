import { errorMessage } from '@croft/foundation/errors';
import type { ResolvedObject } from './objects.ts';

/** Some of several things that were done side by side failed. */
export class CombinedError extends Error {
  override readonly name = 'CombinedError';
  readonly errors: readonly unknown[];

  constructor(message: string, errors: readonly unknown[]) {
    super(message, { cause: errors[0] });
    this.errors = errors;
  }
}

/**
 * Does something with every object, in the list's order: neighbours of one kind side by side, the next kind after them, and
 * all of them though some fail. Gives what failed.
 */
export async function inBatches(
  objects: readonly ResolvedObject[],
  act: (resolved: ResolvedObject) => Promise<void>,
): Promise<unknown[]> {
  const failures: unknown[] = [];
  for (const batch of batchesOf(objects)) {
    const results = await Promise.allSettled(batch.map(act));
    for (const result of results) if (result.status === 'rejected') failures.push(result.reason);
  }
  return failures;
}

function batchesOf(objects: readonly ResolvedObject[]): ResolvedObject[][] {
  const batches: ResolvedObject[][] = [];
  for (const resolved of objects) {
    const last = batches.at(-1);
    if (last?.[0]?.kind.kind === resolved.kind.kind) last.push(resolved);
    else batches.push([resolved]);
  }
  return batches;
}

/** Throws all failures as one, worded as that version of Helm words them; nothing when there are none. */
export function throwCombined(failures: readonly unknown[], asHelm: 3 | 4 | undefined): void {
  if (failures.length === 0) return;
  const texts = failures.map(errorMessage);
  if (asHelm !== 3) {
    if (failures.length === 1) throw failures[0];
    throw new CombinedError(texts.join(asHelm === 4 ? '\n' : '; '), failures);
  }
  const head = texts.length === 1 ? '1 error occurred:' : `${texts.length} errors occurred:`;
  throw new CombinedError(`${head}\n${texts.map((text) => `\t* ${text}\n`).join('')}\n`, failures);
}
