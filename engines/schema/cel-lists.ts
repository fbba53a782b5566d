import type { Environment } from '@marcbachmann/cel-js';

type Comparable = bigint | number | string | boolean | Date;

/** Kubernetes' functions on lists: isSorted, sum, min, max, indexOf, lastIndexOf. */
export function addListFunctions(environment: Environment): void {
  environment
    .registerFunction('list.isSorted(): bool', (list: Comparable[]) =>
      list.every((item, index) => index === 0 || (list[index - 1] as Comparable) <= item),
    )
    .registerFunction('list.sum(): dyn', sum)
    .registerFunction('list.min(): dyn', (list: Comparable[]) => extreme(list, (item, best) => item < best))
    .registerFunction('list.max(): dyn', (list: Comparable[]) => extreme(list, (item, best) => item > best))
    .registerFunction('list.indexOf(dyn): int', (list: unknown[], item: unknown) => BigInt(list.indexOf(item)))
    .registerFunction('list.lastIndexOf(dyn): int', (list: unknown[], item: unknown) => BigInt(list.lastIndexOf(item)));
}

function sum(list: (bigint | number)[]): bigint | number {
  if (typeof list[0] === 'number') return (list as number[]).reduce((total, item) => total + item, 0);
  return (list as bigint[]).reduce((total, item) => total + item, 0n);
}

function extreme(list: Comparable[], better: (item: Comparable, best: Comparable) => boolean): Comparable {
  const [first, ...rest] = list;
  if (first === undefined) throw new Error('min/max called on empty list');
  return rest.reduce((best, item) => (better(item, best) ? item : best), first);
}
