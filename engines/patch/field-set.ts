/**
 * A set of field paths in the form of FieldsV1: `{"f:data":{".":{},"f:x":{}}}`. A node without children is a member;
 * one with children is a member when it has `.` too. Never changed once made: operations share what stays.
 */
export interface FieldSet {
  readonly [element: string]: FieldSet;
}

/** A set in the making, owned by one function. */
export interface FieldSetDraft {
  [element: string]: FieldSetDraft;
}

export const emptySet: FieldSet = Object.freeze({});

const self = '.';

export function isEmptySet(set: FieldSet): boolean {
  for (const _ in set) return false;
  return true;
}

/** Whether the path that leads to this node is in the set. */
export function isMember(node: FieldSet | undefined): boolean {
  return node !== undefined && (self in node || isEmptySet(node));
}

export function insertPath(set: FieldSetDraft, path: readonly string[]): void {
  let node = set;
  for (let depth = 0; depth < path.length; depth += 1) {
    const element = path[depth] as string;
    const last = depth === path.length - 1;
    const known = node[element];
    if (known === undefined) {
      const made: FieldSetDraft = {};
      node[element] = made;
      node = made;
    } else {
      if (last ? !isEmptySet(known) : isEmptySet(known)) known[self] = {};
      node = known;
    }
  }
}

export function unionSets(left: FieldSet, right: FieldSet): FieldSet {
  if (left === right || isEmptySet(right)) return left;
  if (isEmptySet(left)) return right;
  let result: FieldSetDraft | undefined;
  for (const element in right) {
    const added = right[element] as FieldSet;
    const own = left[element];
    const joined = own === undefined ? added : element === self ? own : unionNodes(own, added);
    if (joined === own) continue;
    result ??= { ...left };
    result[element] = joined;
  }
  return result ?? left;
}

export function subtractSets(left: FieldSet, right: FieldSet): FieldSet {
  let result: FieldSetDraft | undefined;
  for (const element in right) {
    const own = left[element];
    if (own === undefined || element === self) continue;
    const rest = subtractNodes(own, right[element] as FieldSet);
    if (rest === own) continue;
    result ??= { ...left };
    if (rest === undefined) delete result[element];
    else result[element] = rest;
  }
  return result ?? left;
}

/** Without the paths of the second set and all that lies below them. */
export function subtractBelow(left: FieldSet, right: FieldSet): FieldSet {
  let result: FieldSetDraft | undefined;
  for (const element in right) {
    const own = left[element];
    if (own === undefined || element === self) continue;
    const cut = right[element] as FieldSet;
    const rest = isMember(cut) ? undefined : subtractBelow(own, cut);
    if (rest === own) continue;
    result ??= { ...left };
    if (rest === undefined || isEmptySet(rest)) delete result[element];
    else result[element] = tidy(rest);
  }
  return result ?? left;
}

export function intersectSets(left: FieldSet, right: FieldSet): FieldSet {
  const result: FieldSetDraft = {};
  for (const element in right) {
    const own = left[element];
    if (own === undefined || element === self) continue;
    const common = intersectNodes(own, right[element] as FieldSet);
    if (common !== undefined) result[element] = common;
  }
  return result;
}

/** Every path in the set: at each level first its members, then what is below them, both in the set's order. */
export function* pathsOf(set: FieldSet, prefix: readonly string[] = []): Generator<readonly string[]> {
  const elements = Object.keys(set).filter((element) => element !== self);
  for (const element of elements) if (isMember(set[element])) yield [...prefix, element];
  for (const element of elements) yield* pathsOf(set[element] as FieldSet, [...prefix, element]);
}

/**
 * The same set with its elements in the order that Kubernetes writes: fields, keys, values, indexes. Most sets are in
 * order already, as those from the store are: they are given back as they are.
 */
export function sortSet(set: FieldSet): FieldSet {
  if (!isInOrder(set)) {
    const result: FieldSetDraft = {};
    for (const element of Object.keys(set).sort()) result[element] = sortSet(set[element] as FieldSet);
    return result;
  }
  let result: FieldSetDraft | undefined;
  for (const element in set) {
    const sorted = sortSet(set[element] as FieldSet);
    if (sorted === set[element]) continue;
    result ??= { ...set };
    result[element] = sorted;
  }
  return result ?? set;
}

function isInOrder(set: FieldSet): boolean {
  let previous = '';
  for (const element in set) {
    if (element < previous) return false;
    previous = element;
  }
  return true;
}

function unionNodes(left: FieldSet, right: FieldSet): FieldSet {
  if (left === right) return left;
  if (isEmptySet(left)) return self in right || isEmptySet(right) ? right : { [self]: emptySet, ...right };
  if (isEmptySet(right)) return self in left ? left : { [self]: emptySet, ...left };
  return unionSets(left, right);
}

function subtractNodes(left: FieldSet, right: FieldSet): FieldSet | undefined {
  const rest = subtractSets(left, right);
  if (!isMember(right) || !isMember(left)) return isEmptySet(rest) && !isEmptySet(left) ? undefined : tidy(rest);
  const { [self]: _, ...children } = rest;
  return isEmptySet(children) ? undefined : children;
}

/** A member that lost all its children is written without `.`. */
function tidy(node: FieldSet): FieldSet {
  for (const element in node) if (element !== self) return node;
  return emptySet;
}

function intersectNodes(left: FieldSet, right: FieldSet): FieldSet | undefined {
  const common = intersectSets(left, right);
  const both = isMember(left) && isMember(right);
  if (isEmptySet(common)) return both ? emptySet : undefined;
  return both ? { [self]: emptySet, ...common } : common;
}
