import { sprint } from '@croft/gotemplate/fmt/sprint';
import { goFunction, variadicFunction } from '@croft/gotemplate/functions';
import { ANY, FLOAT64, INT, INT_SLICE, STRING } from '@croft/gotemplate/type';
import { GoSlice, type Value } from '@croft/gotemplate/value';
import { crypto } from '../load-late.ts';
import { int64, toFloat, toInteger } from './cast.ts';
import { addDecimal, divideDecimal, multiplyDecimal, subtractDecimal } from './decimal.ts';
import type { FunctionGroup } from './group.ts';

const MAX_LIST = 10_000_000n;

/** The integers from `start` to before `stop`; none when the step leads away from it. */
function range(start: bigint, stop: bigint, step: bigint): bigint[] {
  const list: bigint[] = [];
  const down = stop < start;
  if (down ? step >= 0n : step <= 0n) return list;
  const count = down ? (start - stop) / -step : (stop - start) / step;
  if (count > MAX_LIST) throw new Error(`a list of ${count} integers is too long`);
  for (let i = start; down ? i > stop : i < stop; i += step) list.push(i);
  return list;
}

function until(count: bigint): Value {
  return new GoSlice(INT_SLICE, range(0n, count, count < 0n ? -1n : 1n));
}

function seq(...params: bigint[]): string {
  const [first = 0n, second = 0n, third = 0n] = params;
  switch (params.length) {
    case 1: {
      const step = first < 1n ? -1n : 1n;
      return range(1n, first + step, step).join(' ');
    }
    case 2: {
      const step = second < first ? -1n : 1n;
      return range(first, second + step, step).join(' ');
    }
    case 3: {
      const down = third < first;
      if (down && second > 0n) return '';
      return range(first, third + (down ? -1n : 1n), second).join(' ');
    }
    default:
      return '';
  }
}

function round(value: Value, places: bigint, roundOn = 0.5): number {
  const power = 10 ** Number(places);
  const digit = power * toFloat(value);
  const fraction = Number.isFinite(digit) ? digit - Math.trunc(digit) : Number.NaN;
  return (fraction >= roundOn ? Math.ceil(digit) : Math.floor(digit)) / power;
}

/** Sprig reads the digits as octal, whatever the name says. */
function toDecimal(value: Value): Value {
  const match = /^([-+]?)([0-7]+)$/.exec(sprint([value]));
  if (match === null) return int64(0n);
  const magnitude = BigInt(`0o${match[2]}`);
  const result = match[1] === '-' ? -magnitude : magnitude;
  return int64(result < -(2n ** 63n) || result >= 2n ** 63n ? 0n : result);
}

function divide(a: Value, b: Value, remainder: boolean): Value {
  const divisor = toInteger(b);
  if (divisor === 0n) throw new Error('runtime error: integer divide by zero');
  return int64(remainder ? toInteger(a) % divisor : toInteger(a) / divisor);
}

const best = (better: (a: bigint, b: bigint) => boolean) =>
  variadicFunction([ANY], ANY, (first, ...rest) => {
    let found = toInteger(first);
    for (const value of rest.map(toInteger)) if (better(value, found)) found = value;
    return int64(found);
  });

const foldFloats = (combine: (a: number, b: number) => number) =>
  variadicFunction([ANY], ANY, (first, ...rest) => rest.map(toFloat).reduce((a, b) => combine(a, b), toFloat(first)));

const add1 = goFunction([ANY], (value) => int64(toInteger(value) + 1n));
const max = best((a, b) => a > b);

export const mathFunctions: FunctionGroup = {
  add: variadicFunction([], ANY, (...values) =>
    int64(values.reduce<bigint>((sum, value) => sum + toInteger(value), 0n)),
  ),
  add1,
  sub: goFunction([ANY, ANY], (a, b) => int64(toInteger(a) - toInteger(b))),
  div: goFunction([ANY, ANY], (a, b) => divide(a, b, false)),
  mod: goFunction([ANY, ANY], (a, b) => divide(a, b, true)),
  mul: variadicFunction([ANY], ANY, (first, ...rest) =>
    int64(rest.reduce((product: bigint, value) => BigInt.asIntN(64, product * toInteger(value)), toInteger(first))),
  ),
  max,
  biggest: max,
  min: best((a, b) => a < b),
  maxf: foldFloats(Math.max),
  minf: foldFloats(Math.min),
  add1f: goFunction([ANY], (value) => addDecimal(toFloat(value), [1])),
  addf: variadicFunction([], ANY, (...values) => addDecimal(0, values.map(toFloat))),
  subf: variadicFunction([ANY], ANY, (first, ...rest) => subtractDecimal(toFloat(first), rest.map(toFloat))),
  mulf: variadicFunction([ANY], ANY, (first, ...rest) => multiplyDecimal(toFloat(first), rest.map(toFloat))),
  divf: variadicFunction([ANY], ANY, (first, ...rest) => divideDecimal(toFloat(first), rest.map(toFloat))),
  ceil: goFunction([ANY], (value) => Math.ceil(toFloat(value))),
  floor: goFunction([ANY], (value) => Math.floor(toFloat(value))),
  round: variadicFunction([ANY, INT], FLOAT64, (value, places, on) => round(value, places, on)),
  until: goFunction([INT], until),
  untilStep: goFunction([INT, INT, INT], (start, stop, step) => new GoSlice(INT_SLICE, range(start, stop, step))),
  seq: variadicFunction([], INT, seq),
  randInt: goFunction([INT, INT], (low, high) => {
    if (high <= low) throw new Error('invalid argument to Intn');
    return low + BigInt(crypto().randomInt(Number(high - low)));
  }),
  int: goFunction([ANY], toInteger),
  int64: goFunction([ANY], (value) => int64(toInteger(value))),
  float64: goFunction([ANY], toFloat),
  toDecimal: goFunction([ANY], toDecimal),
  atoi: goFunction([STRING], (text) => (/^[-+]?[0-9]+$/.test(text) ? clampAtoi(text) : 0n)),
};

/** strconv.Atoi gives the nearest integer, besides an error, where the number does not fit. */
function clampAtoi(text: string): bigint {
  const value = BigInt(text.replace(/^\+/, ''));
  if (value >= 2n ** 63n) return 2n ** 63n - 1n;
  return value < -(2n ** 63n) ? -(2n ** 63n) : value;
}
