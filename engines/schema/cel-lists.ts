import { type Environment, Optional } from '@marcbachmann/cel-js';

type Comparable = bigint | number | string | boolean | Date;

/** Kubernetes' functions on lists, and cel-go's `first` and `last`. */
export function addListFunctions(environment: Environment): void {
  environment
    .registerFunction('list.isSorted(): bool', (list: Comparable[]) =>
      list.every((item, index) => index === 0 || (list[index - 1] as Comparable) <= item),
    )
    .registerFunction('list.first(): optional<dyn>', (list: unknown[]) => optionalOf(list[0]))
    .registerFunction('list.last(): optional<dyn>', (list: unknown[]) => optionalOf(list.at(-1)))
    .registerFunction('list.sum(): dyn', sum)
    .registerFunction('list.min(): dyn', (list: Comparable[]) => extreme(list, (item, best) => item < best))
    .registerFunction('list.max(): dyn', (list: Comparable[]) => extreme(list, (item, best) => item > best))
    .registerFunction('list.indexOf(dyn): int', (list: unknown[], item: unknown) => BigInt(list.indexOf(item)))
    .registerFunction('list.lastIndexOf(dyn): int', (list: unknown[], item: unknown) => BigInt(list.lastIndexOf(item)));
}

function optionalOf(item: unknown): Optional {
  return item === undefined ? Optional.none() : Optional.of(item);
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
