import { isJsonObject } from '@croft/foundation/json';
import { readKey } from '@croft/foundation/json-keys';
import type { FieldType } from '@croft/schema/field-type';
import { type FieldSet, isMember } from './field-set.ts';
import { fieldElement, itemElement } from './path-elements.ts';
import { childType } from './strategic-directives.ts';
import { walkOf } from './value-shape.ts';

/** Where the walk is: below a field of the last configuration, and below one that nobody owns any more. */
interface Place {
  readonly applied: boolean;
  readonly dropped: boolean;
}

interface Sets {
  /** What the applier's last configuration had. */
  readonly last: FieldSet;
  /** What any manager owns now. */
  readonly owned: FieldSet | undefined;
}

/**
 * Removes the fields of the last configuration that nobody owns any more. A field with owned fields below it counts
 * as owned when it is declared; a list's item only when it is owned itself.
 */
export function pruneFields<T>(value: T, type: FieldType, last: FieldSet, owned: FieldSet): T {
  return prune(value, type, { last, owned }, { applied: false, dropped: false }) as T;
}

function prune(value: unknown, type: FieldType, sets: Sets, place: Place): unknown {
  const walk = walkOf(type, value);
  if (walk === 'map' && isJsonObject(value)) return pruneMap(value, type, sets, place);
  if (walk === 'list' && Array.isArray(value)) return pruneList(value, type, sets, place);
  return value;
}

function pruneMap(map: object, type: FieldType, sets: Sets, place: Place): unknown {
  let result = map;
  for (const key of Object.keys(map)) {
    const before = readKey(map, key);
    const after = pruneChild(before, fieldElement(key), childType(type, key), type.fields.has(key), sets, place);
    if (after === before) continue;
    if (result === map) result = { ...map };
    if (after === undefined) delete (result as Record<string, unknown>)[key];
    else (result as Record<string, unknown>)[key] = after;
  }
  return result !== map && Object.keys(result).length === 0 ? undefined : result;
}

function pruneList(list: readonly unknown[], type: FieldType, sets: Sets, place: Place): unknown {
  const kept: unknown[] = [];
  for (const item of list) {
    const element = itemElement(type, item);
    const after =
      typeof element === 'string' ? pruneChild(item, element, type.element as FieldType, false, sets, place) : item;
    if (after !== undefined) kept.push(after);
  }
  if (kept.length === list.length && kept.every((item, index) => item === list[index])) return list;
  return kept.length === 0 ? undefined : kept;
}

function pruneChild(
  value: unknown,
  element: string,
  type: FieldType,
  declared: boolean,
  { last, owned }: Sets,
  place: Place,
): unknown {
  const lastBelow = last[element];
  if (lastBelow === undefined) return value;
  const ownedBelow = owned?.[element];
  const inLast = declared || isMember(lastBelow);
  const isOwned = ownedBelow !== undefined && (declared || isMember(ownedBelow));
  const applied = place.applied || inLast;
  const dropped = place.dropped || (applied && !isOwned);
  if (dropped && inLast) return undefined;
  const rest = prune(value, type, { last: lastBelow, owned: ownedBelow }, { applied, dropped });
  return rest === undefined && isMember(ownedBelow) ? emptyLike(value) : rest;
}

/** A map or list that lost its last field stays where somebody owns it. */
function emptyLike(value: unknown): unknown {
  return Array.isArray(value) ? [] : {};
}
