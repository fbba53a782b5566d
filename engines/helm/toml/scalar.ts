import { quoteString } from '@croft/gotemplate/fmt/quote';
import type { Value } from '@croft/gotemplate/value';
import { int64 } from '../functions/cast.ts';
import { timeObject } from '../time/object.ts';
import { parseTime } from '../time/parse.ts';
import { fixedZone, localZone, type Zone } from '../time/zone.ts';
import { isDigit, showChar, type TomlScanner } from './scanner.ts';

/** Reads a number or a date that begins with a digit. Throws TomlProblem. */
export function scanNumber(scanner: TomlScanner): Value {
  const start = scanner.at;
  const first = scanner.next();
  if (first === '0' && !isDigit(scanner.peek())) return scanBased(scanner, start);
  scanner.takeWhile(isDigit);
  if (/^[-:]$/.test(scanner.peek())) {
    scanner.takeWhile((char) => /^[-:Tt .Zz+0-9]$/.test(char));
    return readDate(scanner, scanner.text.slice(start, scanner.at).trim());
  }
  return scanDecimal(scanner, start);
}

/** Reads a number with a sign, or `+inf` and the like. */
export function scanSigned(scanner: TomlScanner): Value {
  const start = scanner.at;
  scanner.next();
  const char = scanner.peek();
  if (char === 'i' || char === 'n') return scanSpecial(scanner, start);
  scanner.next();
  if (char === '.') throw scanner.problem("floats must start with a digit, not '.'");
  if (char === '0' && /^[box]$/.test(scanner.peek())) {
    const text = scanner.text.slice(start, scanner.at) + scanner.peek();
    throw scanner.problem(`cannot use sign with non-decimal numbers: '${text}'`);
  }
  if (!isDigit(char)) throw scanner.problem(`expected a digit but got ${showChar(char)}`);
  return scanDecimal(scanner, start);
}

function scanSpecial(scanner: TomlScanner, start: number): Value {
  const word = scanner.peek() === 'i' ? 'inf' : 'nan';
  for (const char of word) {
    const got = scanner.next();
    if (got !== char) {
      throw scanner.problem(`invalid float: '${scanner.text.slice(start, scanner.at - got.length)}'`);
    }
  }
  return word === 'nan' ? Number.NaN : scanner.text.charAt(start) === '-' ? -Infinity : Infinity;
}

const bases: Readonly<Record<string, readonly [RegExp, string]>> = {
  b: [/^[01]$/, 'a binary'],
  o: [/^[0-7]$/, 'an octal'],
  x: [/^[0-9A-Fa-f]$/, 'a hexadecimal'],
};

function scanBased(scanner: TomlScanner, start: number): Value {
  const [digit, name] = bases[scanner.peek()] ?? [];
  if (digit === undefined) return scanDecimal(scanner, start);
  scanner.next();
  const char = scanner.peek();
  if (!digit.test(char)) {
    const text = scanner.text.slice(start, scanner.at) + (char === '' ? '\0' : char);
    throw scanner.problem(`not ${name} number: '${text}'`);
  }
  scanner.takeWhile((one) => digit.test(one) || one === '_');
  return readInteger(scanner, scanner.text.slice(start, scanner.at));
}

function scanDecimal(scanner: TomlScanner, start: number): Value {
  scanner.takeWhile((char) => isDigit(char) || char === '_');
  if (!/^[.eE]$/.test(scanner.peek())) return readInteger(scanner, scanner.text.slice(start, scanner.at));
  scanner.takeWhile((char) => /^[-+._eE0-9]$/.test(char));
  return readFloat(scanner, scanner.text.slice(start, scanner.at));
}

function readInteger(scanner: TomlScanner, text: string): Value {
  if (!underscoresFit(text)) {
    throw scanner.problem(`Invalid integer ${quoteString(text)}: underscores must be surrounded by digits`);
  }
  if (hasLeadingZero(text)) {
    throw scanner.problem(`Invalid integer ${quoteString(text)}: cannot have leading zeroes`);
  }
  const digits = text.replaceAll('_', '').replace(/^\+/, '');
  const value = digits.startsWith('-') ? -BigInt(digits.slice(1)) : BigInt(digits);
  if (BigInt.asIntN(64, value) !== value) throw scanner.problem(`${text} is out of range for int64`);
  return int64(value);
}

function readFloat(scanner: TomlScanner, text: string): number {
  const parts = text.split(/[.eE]/).filter((part) => part !== '');
  const invalid = (why: string) => scanner.problem(`Invalid float ${quoteString(text)}: ${why}`);
  if (!parts.every(underscoresFit)) throw invalid('underscores must be surrounded by digits');
  if (hasLeadingZero(parts[0] ?? '')) throw invalid('cannot have leading zeroes');
  if (/\.(?![0-9])/.test(text)) throw invalid("'.' must be followed by one or more digits");
  const digits = text.replaceAll('_', '');
  if (!/^[-+]?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?$/.test(digits)) {
    throw scanner.problem(`Invalid float value: ${quoteString(text)}`);
  }
  const value = Number(digits);
  if (!Number.isFinite(value)) throw scanner.problem(`${text} is out of range for float64`);
  return value;
}

function hasLeadingZero(text: string): boolean {
  return /^(0[^box]|[-+]0.)/s.test(text);
}

function underscoresFit(text: string): boolean {
  return !/(^|[^0-9A-Fa-f])_|_$/.test(text) && /[0-9A-Fa-f]$/.test(text);
}

interface DateForm {
  readonly layout: string;
  readonly zone: () => Zone;
  /** Only where seconds may be left out. */
  readonly isNew?: boolean;
}

/** Dates without a zone are told in zones of their own, which say what was left out. */
const dateForms: readonly DateForm[] = [
  { layout: '2006-01-02T15:04:05.999999999Z07:00', zone: localZone },
  { layout: '2006-01-02T15:04:05.999999999', zone: () => fixedZone('datetime-local', 0) },
  { layout: '2006-01-02', zone: () => fixedZone('date-local', 0) },
  { layout: '15:04:05.999999999', zone: () => fixedZone('time-local', 0) },
  { layout: '2006-01-02T15:04Z07:00', zone: localZone, isNew: true },
  { layout: '2006-01-02T15:04', zone: () => fixedZone('datetime-local', 0), isNew: true },
  { layout: '15:04', zone: () => fixedZone('time-local', 0), isNew: true },
];

function readDate(scanner: TomlScanner, text: string): Value {
  const given = text.replace(/[zt ]/g, (char) => (char === 'z' ? 'Z' : 'T'));
  for (const { layout, zone, isNew } of dateForms) {
    if (isNew === true && scanner.version === '1.5') continue;
    let time: Value;
    try {
      time = timeObject(parseTime(layout, given, zone()));
    } catch {
      continue; // Not this form.
    }
    if (lacksZero(given, layout)) break;
    return time;
  }
  throw scanner.problem(`invalid datetime: ${quoteString(given)}`);
}

/** Go's time package takes hours of one digit, TOML does not. */
function lacksZero(text: string, layout: string): boolean {
  const fixed = layout.split(/[.Z]/)[0] ?? '';
  return [...fixed].some((char, i) => !isDigit(char) && text.charAt(i) !== char);
}
