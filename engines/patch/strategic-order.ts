import { isJsonObject } from '@croft/foundation/json';
import { readKey } from '@croft/foundation/json-keys';
import { failedPatch } from './patch-error.ts';
import { directive, type List } from './strategic-directives.ts';

/** What tells one item of a merging list from another: its merge key's value, or the scalar itself. */
export function identityOf(item: unknown, mergeKey: string | undefined): unknown {
  if (mergeKey === undefined || mergeKey === '') return item;
  const identity = isJsonObject(item) ? readKey(item, mergeKey) : undefined;
  if (identity === undefined) {
    throw failedPatch(`map: ${goMap(item)} does not contain declared merge key: ${mergeKey}`);
  }
  return identity;
}

/**
 * The items that `wanted` names in its order, with the others between them: each of the others goes before the first
 * wanted item that came after it on the server.
 */
export function orderItems(merged: List, wanted: List, serverOrder: List, mergeKey: string | undefined): unknown[] {
  const wantedPlace = placesOf(wanted, mergeKey);
  const serverPlace = placesOf(serverOrder, mergeKey);
  const place = (item: unknown, places: Map<unknown, number>) => places.get(identityOf(item, mergeKey));
  const named = merged.filter((item) => place(item, wantedPlace) !== undefined);
  const others = merged.filter((item) => place(item, wantedPlace) === undefined);
  const sorted = deletionsLast(sortByPlace(named, (item) => place(item, wantedPlace)));
  return interleave(
    sortByPlace(others, (item) => place(item, serverPlace)),
    sorted,
    (item) => place(item, serverPlace),
  );
}

/** The items in the order that a list with the same items gives. */
export function sortByOrder(items: List, order: List, mergeKey: string | undefined): unknown[] {
  const places = placesOf(order, mergeKey);
  return [...sortByPlace(items, (item) => places.get(identityOf(item, mergeKey)))];
}

function interleave(others: List, named: List, place: (item: unknown) => number | undefined): unknown[] {
  const result: unknown[] = [];
  let next = 0;
  for (const item of named) {
    const limit = place(item);
    while (next < others.length && limit !== undefined) {
      const own = place(others[next]);
      if (own === undefined || own >= limit) break;
      result.push(others[next]);
      next += 1;
    }
    result.push(item);
  }
  return [...result, ...others.slice(next)];
}

function placesOf(list: List, mergeKey: string | undefined): Map<unknown, number> {
  const places = new Map<unknown, number>();
  list.forEach((item, index) => {
    const identity = identityOf(item, mergeKey);
    if (!places.has(identity)) places.set(identity, index);
  });
  return places;
}

function sortByPlace(list: List, place: (item: unknown) => number | undefined): List {
  return list.toSorted((a, b) => (place(a) ?? Infinity) - (place(b) ?? Infinity) || 0);
}

function deletionsLast(list: List): List {
  const deletes = (item: unknown) => isJsonObject(item) && readKey(item, directive) === 'delete';
  return list.some(deletes) ? [...list.filter((item) => !deletes(item)), ...list.filter(deletes)] : list;
}

/** As Go's `%v` prints a decoded JSON object; only the outer level is of use to a reader. */
function goMap(item: unknown): string {
  if (!isJsonObject(item)) return String(item);
  const pairs = Object.keys(item)
    .sort()
    .map((key) => `${key}:${goMap(readKey(item, key))}`);
  return `map[${pairs.join(' ')}]`;
}
