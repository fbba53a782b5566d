import { isDeepStrictEqual } from 'node:util';
import type { Environment } from '@marcbachmann/cel-js';

/** What `sets` stands for in an expression. Held by a class, as CEL tells types by it. */
class CelSets {}

/** CEL's functions on lists as sets: `sets.contains([1, 2], [2])`. */
export function addSetFunctions(environment: Environment): void {
  const contains = (list: unknown[], wanted: unknown[]) => wanted.every((item) => has(list, item));
  environment
    .registerType('kubernetes.Sets', { ctor: CelSets, fields: {} })
    .registerConstant('sets', 'kubernetes.Sets', new CelSets())
    .registerFunction('kubernetes.Sets.contains(list, list): bool', (_sets, list: unknown[], wanted: unknown[]) =>
      contains(list, wanted),
    )
    .registerFunction(
      'kubernetes.Sets.equivalent(list, list): bool',
      (_sets, left: unknown[], right: unknown[]) => contains(left, right) && contains(right, left),
    )
    .registerFunction('kubernetes.Sets.intersects(list, list): bool', (_sets, left: unknown[], right: unknown[]) =>
      left.some((item) => has(right, item)),
    );
}

const has = (list: readonly unknown[], wanted: unknown): boolean => list.some((item) => isSame(item, wanted));

/** Numbers of different types are compared by value. */
export function isSame(left: unknown, right: unknown): boolean {
  if (isNumber(left) && isNumber(right)) return left >= right && left <= right;
  return isDeepStrictEqual(left, right);
}

const isNumber = (value: unknown): value is number | bigint => typeof value === 'number' || typeof value === 'bigint';
