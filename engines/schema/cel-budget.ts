import { isJsonObject } from '@croft/foundation/json';

/** What one run of an expression may cost, as in Kubernetes: each part of it costs one whenever it is evaluated. */
export const mostPerRun = 1_000_000;

/** What runs may cost together. Below zero once they have cost more. */
export interface Budget {
  left: number;
}

/** An expression cost more than it may. */
export class CostError extends Error {
  override readonly name = 'CostError';

  constructor() {
    super('operation cancelled: actual cost limit exceeded');
  }
}

/** Of the expression that runs now: one runs to its end before the next one begins. */
let current: Budget = { left: 0 };

/** Runs an expression that has so many parts. Throws CostError when it costs more than is left or than one run may. */
export function runWithin<T>(budget: Budget, parts: number, run: () => T): T {
  const limit = Math.min(budget.left, mostPerRun);
  const own = { left: limit - parts };
  current = own;
  try {
    const result = run();
    if (own.left >= 0) return result;
  } catch (error) {
    if (own.left >= 0) throw error;
  } finally {
    budget.left -= Math.min(limit - own.left, limit + 1);
  }
  // An error within `||` may have been passed over.
  throw new CostError();
}

/** Pays for a loop before it begins. `parts` is how many parts each of its rounds has. */
export function payForLoop(range: unknown, parts: bigint): unknown {
  current.left -= sizeOf(range) * Number(parts);
  if (current.left < 0) throw new CostError();
  return range;
}

function sizeOf(range: unknown): number {
  if (Array.isArray(range)) return range.length;
  if (range instanceof Map || range instanceof Set) return range.size;
  return isJsonObject(range) ? Object.keys(range).length : 1;
}
