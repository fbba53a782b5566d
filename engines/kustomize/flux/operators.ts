import { trimStart } from './glob.ts';

type Operator = (value: string, args: readonly string[]) => string;

/** Lengths and offsets count bytes, as in Go. */
const operators: Readonly<Record<string, Operator>> = {
  '^': (value) => changeFirst(value, upper),
  '^^': (value) => [...value].map(upper).join(''),
  ',': (value) => changeFirst(value, lower),
  ',,': (value) => [...value].map(lower).join(''),
  '#': (value, [pattern]) =>
    pattern === undefined ? String(Buffer.byteLength(value)) : trim(value, pattern, { end: false, longest: false }),
  '##': (value, [pattern = '']) => trim(value, pattern, { end: false, longest: true }),
  '%': (value, [pattern = '']) => trim(value, pattern, { end: true, longest: false }),
  '%%': (value, [pattern = '']) => trim(value, pattern, { end: true, longest: true }),
  ':': takePart,
  '/': (value, [pattern = '', text = '']) => replaceFirst(value, pattern, text),
  '//': (value, [pattern = '', text = '']) => replaceAll(value, pattern, text),
  '/#': (value, args) =>
    args.length === 2 && value.startsWith(args[0] ?? '') ? replaceFirst(value, args[0] ?? '', args[1] ?? '') : value,
  '/%': (value, args) => {
    const [end = '', text = ''] = args;
    return args.length === 2 && value.endsWith(end) ? value.slice(0, value.length - end.length) + text : value;
  },
};

/** What an operator makes of a variable's value. All that are not known give the arguments where there is no value. */
export function applyOperator(operator: string, value: string, args: readonly string[]): string {
  const apply = Object.hasOwn(operators, operator) ? operators[operator] : undefined;
  if (apply !== undefined) return apply(value, args);
  return value === '' ? args.join('') : value;
}

const defaults = new Set(['=', ':=', ':-', ':+', ':?', '-', '+', '?']);

/** Whether an operator says what stands for a variable that is not set. */
export function isDefaultOperator(operator: string): boolean {
  return defaults.has(operator);
}

function upper(char: string): string {
  return keepLength(char, char.toUpperCase());
}

function lower(char: string): string {
  return keepLength(char, char.toLowerCase());
}

/** Go changes case one character for another. */
function keepLength(char: string, changed: string): string {
  return [...changed].length === 1 ? changed : char;
}

function changeFirst(value: string, change: (char: string) => string): string {
  const [first = '', ...rest] = [...value];
  return change(first) + rest.join('');
}

function trim(value: string, pattern: string, { end, longest }: { end: boolean; longest: boolean }): string {
  const text = [...value];
  const parts = [...pattern];
  if (!end) return trimStart(text, parts, longest).join('');
  return trimStart(text.reverse(), parts.reverse(), longest).reverse().join('');
}

function replaceFirst(value: string, pattern: string, text: string): string {
  return value.replace(pattern, () => text);
}

function replaceAll(value: string, pattern: string, text: string): string {
  if (pattern !== '') return value.replaceAll(pattern, () => text);
  return text + [...value].map((char) => char + text).join('');
}

const integer = /^[-+]?\d+$/;

/** `offset` and `length` of a part; a negative offset counts from the end. What is no number leaves the value. */
function takePart(value: string, [offset = '', length]: readonly string[]): string {
  if (!integer.test(offset) || (length !== undefined && !integer.test(length))) return value;
  const bytes = Buffer.from(value);
  const wanted = Number(offset);
  const start = wanted < 0 ? Math.max(0, bytes.length + wanted) : wanted;
  const end = length === undefined ? bytes.length : start + Number(length);
  if (end >= bytes.length) return start < bytes.length ? bytes.subarray(start).toString('utf8') : '';
  if (end < start) throw new Error(`slice bounds out of range [${start}:${end}]`);
  return bytes.subarray(start, end).toString('utf8');
}
