import { type Environment, Optional } from '@marcbachmann/cel-js';
import { isSame } from './cel-sets.ts';

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
    .registerFunction('list.lastIndexOf(dyn): int', (list: unknown[], item: unknown) => BigInt(list.lastIndexOf(item)))
    .registerFunction('list.distinct(): list<dyn>', (list: unknown[]) =>
      list.filter((item, index) => list.findIndex((other) => isSame(other, item)) === index),
    )
    .registerFunction('list.reverse(): list<dyn>', (list: unknown[]) => list.toReversed())
    .registerFunction('list.flatten(): list<dyn>', (list: unknown[]) => list.flat(1))
    .registerFunction('list.flatten(int): list<dyn>', (list: unknown[], depth: bigint) => flatten(list, Number(depth)))
    .registerFunction('list.slice(int, int): list<dyn>', slice)
    .registerFunction('list.sort(): list<dyn>', (list: Comparable[]) =>
      list.toSorted((left, right) => (left < right ? -1 : left > right ? 1 : 0)),
    );
}

function flatten(list: unknown[], depth: number): unknown[] {
  if (depth < 0) throw new Error('level must be non-negative');
  return list.flat(depth);
}

function slice(list: unknown[], start: bigint, end: bigint): unknown[] {
  const bounds = `slice(${start}, ${end})`;
  if (start < 0n || end < 0n) throw new Error(`cannot ${bounds}, negative indexes not supported`);
  if (start > end) throw new Error(`cannot ${bounds}, start index must be less than or equal to end index`);
  if (end > BigInt(list.length)) throw new Error(`cannot ${bounds}, list is length ${list.length}`);
  return list.slice(Number(start), Number(end));
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
