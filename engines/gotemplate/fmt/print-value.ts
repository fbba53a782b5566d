import type { GoType } from '../type.ts';
import { ANY } from '../type.ts';
import {
  findEntries,
  findItems,
  findType,
  GoFunc,
  GoMap,
  GoPointer,
  GoSlice,
  GoStruct,
  NilMap,
  sortedKeys,
  type Value,
} from '../value.ts';
import { findDisplayText, findMethodText } from './methods.ts';
import { type Printer, writePadded } from './printer.ts';
import { writeBytes } from './write-bytes.ts';
import { writeHexAddress, writeInteger } from './write-integer.ts';
import { writeScalar } from './write-scalar.ts';
import { writeText } from './write-text.ts';

/** Stands for every address: templates cannot see which one it is. */
const someAddress = 0xc000012340n;

/** Prints one operand of a verb, as fmt's printArg. */
export function printOperand(printer: Printer, value: Value, verb: string): void {
  printer.operand = value;
  if (value === null) {
    if (verb === 'T' || verb === 'v') writePadded(printer, '<nil>');
    else badVerb(printer, verb);
  } else if (verb === 'T') {
    writeText(printer, typeOf(value).name, 's');
  } else if (verb === 'p') {
    printAddress(printer, value, verb);
  } else if (value instanceof Uint8Array || !printMethods(printer, value, verb)) {
    printNested(printer, value, verb, 0);
  }
}

function typeOf(value: Value): GoType {
  return findType(value) ?? ANY;
}

/** Reports `%!verb(type=value)`. */
function badVerb(printer: Printer, verb: string): void {
  const { operand } = printer;
  printer.erroring = true;
  printer.out += `%!${verb}(`;
  if (operand === undefined || operand === null) {
    printer.out += '<nil>';
  } else {
    printer.out += `${typeOf(operand).name}=`;
    printOperand(printer, operand, 'v');
  }
  printer.out += ')';
  printer.erroring = false;
}

/** Lets a value with Error() or String() print itself where a string will do, one with GoString() for `%#v`. */
function printMethods(printer: Printer, value: Value, verb: string): boolean {
  if (printer.erroring || typeof value !== 'object') return false;
  if (verb === 'w') {
    badVerb(printer, verb);
    return true;
  }
  const { sharpV } = printer.flags;
  if (!sharpV && !'vsxXq'.includes(verb)) return false;
  const text = sharpV ? findMethodText(value, 'GoString', false) : findDisplayText(value);
  return text !== undefined && writeText(printer, text, sharpV ? 's' : verb);
}

/** Prints an element of something whose elements are declared with a type: nil names that one. */
function printElement(printer: Printer, value: Value, verb: string, depth: number, declared: GoType): void {
  if (value === null) {
    printer.out += printer.flags.sharpV ? `${declared.name}(nil)` : '<nil>';
    return;
  }
  printer.operand = value;
  if (!printMethods(printer, value, verb)) printNested(printer, value, verb, depth);
}

function printNested(printer: Printer, value: Value, verb: string, depth: number): void {
  const fits = writeScalar(printer, value, verb);
  if (fits === false) badVerb(printer, verb);
  if (fits === undefined) {
    if (value instanceof Map || value instanceof GoMap) printMap(printer, value, verb, depth);
    else if (value instanceof GoStruct) printStruct(printer, value, verb, depth);
    else if (value instanceof GoPointer) printPointer(printer, value, verb, depth);
    else if (value instanceof GoFunc) printAddress(printer, value, verb);
    else if (!(value instanceof Uint8Array) || !writeBytes(printer, value, verb, depth))
      printSlice(printer, value, verb, depth);
  }
}

function printMap(printer: Printer, map: Map<string, Value> | GoMap, verb: string, depth: number): void {
  const { sharpV } = printer.flags;
  const type = typeOf(map);
  if (sharpV && (map instanceof NilMap || (map instanceof GoMap && map.isNil))) {
    printer.out += `${type.name}(nil)`;
    return;
  }
  const entries = findEntries(map) ?? new Map<string, Value>();
  printer.out += sharpV ? `${type.name}{` : 'map[';
  let first = true;
  for (const key of sortedKeys(entries)) {
    if (!first) printer.out += sharpV ? ', ' : ' ';
    first = false;
    printElement(printer, key, verb, depth + 1, ANY);
    printer.out += ':';
    printElement(printer, entries.get(key) ?? null, verb, depth + 1, type.elem ?? ANY);
  }
  printer.out += sharpV ? '}' : ']';
}

function printStruct(printer: Printer, struct: GoStruct, verb: string, depth: number): void {
  const { sharpV, plusV } = printer.flags;
  printer.out += sharpV ? `${struct.type.name}{` : '{';
  let first = true;
  for (const field of struct.type.fields ?? []) {
    if (!first) printer.out += sharpV ? ', ' : ' ';
    first = false;
    if (sharpV || plusV) printer.out += `${field.name}:`;
    const value = struct.fields.get(field.name) ?? null;
    if (value !== null && isUnexported(field.name)) printNested(printer, value, verb, depth + 1);
    else printElement(printer, value, verb, depth + 1, field.type);
  }
  printer.out += '}';
}

/** Go's fmt does not call the methods of what it may not reach. */
function isUnexported(name: string): boolean {
  return !/^\p{Lu}/u.test(name);
}

function printSlice(printer: Printer, slice: Value, verb: string, depth: number): void {
  const { sharpV } = printer.flags;
  const type = typeOf(slice);
  if (sharpV && slice instanceof GoSlice && slice.isNil) {
    printer.out += `${type.name}(nil)`;
    return;
  }
  printer.out += sharpV ? `${type.name}{` : '[';
  let first = true;
  for (const item of findItems(slice) ?? []) {
    if (!first) printer.out += sharpV ? ', ' : ' ';
    first = false;
    printElement(printer, item, verb, depth + 1, type.elem ?? ANY);
  }
  printer.out += sharpV ? '}' : ']';
}

/** At the top a pointer shows what it points to; within something it is an address. */
function printPointer(printer: Printer, pointer: GoPointer, verb: string, depth: number): void {
  const { target } = pointer;
  const kind = findType(target)?.kind ?? 'invalid';
  if (depth === 0 && ['array', 'slice', 'struct', 'map'].includes(kind)) {
    printer.out += '&';
    printElement(printer, target, verb, depth + 1, ANY);
  } else {
    printAddress(printer, pointer, verb);
  }
}

function isNil(value: Value): boolean {
  if (value instanceof GoPointer) return value.target === null;
  return value instanceof NilMap || ((value instanceof GoSlice || value instanceof GoMap) && value.isNil);
}

function printAddress(printer: Printer, value: Value, verb: string): void {
  const type = typeOf(value);
  if (!['map', 'ptr', 'slice', 'func'].includes(type.kind)) {
    badVerb(printer, verb);
    return;
  }
  const address = isNil(value) ? 0n : someAddress;
  const { sharp, sharpV } = printer.flags;
  if (verb === 'v' && sharpV) printer.out += `(${type.name})(${address === 0n ? 'nil' : `0x${address.toString(16)}`})`;
  else if (verb === 'v' && address === 0n) writePadded(printer, '<nil>');
  else if (verb === 'v' || verb === 'p') writeHexAddress(printer, address, !sharp);
  else if (!'bodxX'.includes(verb) || !writeInteger(printer, address, false, verb)) badVerb(printer, verb);
}
