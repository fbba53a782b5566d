import { display } from '../fmt/sprint.ts';
import type { BranchNode } from '../parse/node.ts';
import { findEntries, findItems, findType, GoNumber, GoPointer, type Maybe, sortedKeys, type Value } from '../value.ts';
import { compilePipe } from './compile-expression.ts';
import { BREAK, charge, type Frame, GO_ON, type Step } from './frame.ts';
import { failAt, lastVisited, type Place } from './place.ts';
import { compileLater, findSlot, placeOf, type Scope } from './scope.ts';

/** The parts of a range that each iteration uses. */
interface Loop {
  readonly body: () => Step;
  readonly place: Place;
  readonly variables: number;
  readonly indexSlot: number | undefined;
  readonly elementSlot: number | undefined;
}

/** A loop over slices, maps in the order of their keys, and integers from 0. */
export function compileRange(scope: Scope, node: BranchNode): Step {
  const mark = scope.variables;
  const value = compilePipe(scope, node.pipe);
  const slots = node.pipe.declarations.map((variable) => findSlot(scope, variable.name));
  const loop: Loop = {
    body: compileLater(scope, node.list),
    place: placeOf(scope, lastVisited(node.pipe)),
    variables: slots.length,
    indexSlot: slots.length > 1 ? slots[0] : undefined,
    elementSlot: slots[slots.length - 1],
  };
  const otherwise = node.elseList === undefined ? undefined : compileLater(scope, node.elseList);
  scope.variables = mark;
  return (frame) => {
    const { dot, dotWrapped } = frame;
    const ran = iterate(frame, loop, value(frame));
    frame.dot = dot;
    frame.dotWrapped = dotWrapped;
    return ran || otherwise === undefined ? GO_ON : otherwise()(frame);
  };
}

/** Runs the body for each element; false when there is none. */
function iterate(frame: Frame, loop: Loop, collection: Maybe): boolean {
  const value = collection instanceof GoPointer ? collection.target : collection;
  if (value === undefined || value === null) return false;
  const entries = findEntries(value);
  const items = entries === undefined ? findItems(value) : undefined;
  const wrapped = findType(value)?.elem?.kind === 'interface';
  if (entries !== undefined) {
    for (const key of sortedKeys(entries)) {
      enterIteration(frame, loop, key, entries.get(key), wrapped);
      if (loop.body()(frame) === BREAK) break;
    }
    return entries.size > 0;
  }
  if (items !== undefined) {
    for (let i = 0; i < items.length; i++) {
      enterIteration(frame, loop, i, items[i], wrapped);
      if (loop.body()(frame) === BREAK) break;
    }
    return items.length > 0;
  }
  return iterateInteger(frame, loop, value);
}

function iterateInteger(frame: Frame, loop: Loop, value: Value): boolean {
  const count = value instanceof GoNumber ? value.value : value;
  if (typeof count !== 'bigint') return failAt(loop.place, `range can't iterate over ${display(value)}`);
  if (loop.variables > 1) failAt(loop.place, `can't use ${display(value)} to iterate over more than one variable`);
  for (let i = 0n; i < count; i++) {
    const element = value instanceof GoNumber ? new GoNumber(value.type, i) : i;
    enterIteration(frame, loop, undefined, element, false);
    if (loop.body()(frame) === BREAK) break;
  }
  return count > 0n;
}

/** Sets dot and the variables for the element that is next. */
function enterIteration(
  frame: Frame,
  loop: Loop,
  index: string | number | undefined,
  element: Maybe,
  wrapped: boolean,
): void {
  charge(frame.run);
  if (loop.indexSlot !== undefined) {
    frame.variables[loop.indexSlot] = typeof index === 'number' ? BigInt(index) : index;
  }
  if (loop.elementSlot !== undefined) {
    frame.variables[loop.elementSlot] = element;
    frame.wrapped[loop.elementSlot] = wrapped;
  }
  frame.dot = element;
  frame.dotWrapped = wrapped;
}
