import type { Environment } from '@marcbachmann/cel-js';

/** CEL's `"%s has %d".format([name, count])` (cel-go ext/formatting.go). */
export function addFormatting(environment: Environment): void {
  environment.registerFunction('string.format(list): string', formatText);
}

const clause = /%(?:\.(\d+))?(.|$)/gsu;

function formatText(text: string, values: readonly unknown[]): string {
  let next = 0;
  return text.replace(clause, (_whole, precision: string | undefined, verb: string) => {
    if (verb === '%') return '%';
    if (next >= values.length) throw new Error(`index ${next} out of range`);
    const value = values[next];
    next += 1;
    const render = verbs[verb];
    if (render === undefined)
      throw new Error(`could not parse formatting clause: unrecognized formatting clause "${verb}"`);
    return render(value, precision === undefined ? 6 : Number(precision));
  });
}

type Verb = (value: unknown, precision: number) => string;

const verbs: Readonly<Record<string, Verb>> = {
  s: showText,
  d: (value) => showInteger(value, 'd', 10),
  b: (value) => (typeof value === 'boolean' ? (value ? '1' : '0') : showInteger(value, 'b', 2)),
  o: (value) => showInteger(value, 'o', 8),
  x: (value) => showHex(value, 'x'),
  X: (value) => showHex(value, 'X').toUpperCase(),
  f: (value, precision) => showDouble(value, 'f', (number) => number.toFixed(precision)),
  e: (value, precision) =>
    showDouble(value, 'e', (number) => number.toExponential(precision).replace(/e([+-])(\d)$/, 'e$10$2')),
};

function showText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value instanceof Date) return value.toISOString().replace(/\.000Z$/, 'Z');
  if (value instanceof Uint8Array) return Buffer.from(value).toString('utf8');
  if (Array.isArray(value)) return `[${value.map(showText).join(', ')}]`;
  if (value instanceof Map) return showMap([...value]);
  if (isPlain(value)) return showMap(Object.entries(value));
  return String(value);
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && String(value) === '[object Object]';
}

function showMap(entries: readonly (readonly [unknown, unknown])[]): string {
  const shown = entries.map(([key, value]) => `${showText(key)}: ${showText(value)}`);
  return `{${shown.sort().join(', ')}}`;
}

function showInteger(value: unknown, verb: string, base: number): string {
  if (typeof value === 'bigint') return value.toString(base);
  if (typeof value === 'number' && Number.isInteger(value)) return String(value);
  throw new Error(`error during formatting: only integers can be formatted with %${verb}, was given ${typeOf(value)}`);
}

function showHex(value: unknown, verb: string): string {
  if (typeof value === 'string' || value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  return showInteger(value, verb, 16);
}

function showDouble(value: unknown, verb: string, render: (number: number) => string): string {
  if (typeof value !== 'number' && typeof value !== 'bigint') {
    throw new Error(`error during formatting: only doubles can be formatted with %${verb}, was given ${typeOf(value)}`);
  }
  const number = Number(value);
  return Number.isFinite(number) ? render(number) : String(number);
}

function typeOf(value: unknown): string {
  return typeof value === 'boolean' ? 'bool' : value === null ? 'null_type' : typeof value;
}
