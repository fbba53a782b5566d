import { parseInteger } from '@croft/encoding/yaml/resolve';

/** What a scalar means. Integers that JavaScript cannot hold as numbers are bigint, dates are texts as JSON has them. */
export interface Meaning {
  readonly tag: '!!str' | '!!int' | '!!float' | '!!bool' | '!!null' | '!!timestamp' | '!!merge' | '!!binary';
  readonly value: null | boolean | number | bigint | string;
}

const words = new Map<string, Meaning>();
addWords('!!bool', true, ['true', 'True', 'TRUE']);
addWords('!!bool', false, ['false', 'False', 'FALSE']);
addWords('!!null', null, ['', '~', 'null', 'Null', 'NULL']);
addWords('!!float', Number.NaN, ['.nan', '.NaN', '.NAN']);
addWords('!!float', Number.POSITIVE_INFINITY, ['.inf', '.Inf', '.INF', '+.inf', '+.Inf', '+.INF']);
addWords('!!float', Number.NEGATIVE_INFINITY, ['-.inf', '-.Inf', '-.INF']);
addWords('!!merge', '<<', ['<<']);

function addWords(tag: Meaning['tag'], value: Meaning['value'], texts: string[]): void {
  for (const text of texts) words.set(text, { tag, value });
}

const floatText = /^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/;

/** What a scalar without quotes and tag means to go-yaml v3: YAML 1.2, with the octal numbers of 1.1. */
export function resolveText(text: string): Meaning {
  const word = words.get(text);
  if (word !== undefined) return word;
  const first = text.charCodeAt(0);
  const digit = first >= 48 && first <= 57;
  if (digit || first === 43 || first === 45) return resolveNumber(text);
  if (first === 46 && floatText.test(text)) return { tag: '!!float', value: Number(text) };
  return { tag: '!!str', value: text };
}

function resolveNumber(text: string): Meaning {
  const date = parseDate(text);
  if (date !== undefined) return { tag: '!!timestamp', value: date };
  const plain = text.replaceAll('_', '');
  const integer = parseInteger(plain);
  if (integer !== undefined) {
    const small = Number(integer);
    return { tag: '!!int', value: Number.isSafeInteger(small) ? small : integer };
  }
  if (!floatText.test(plain) || !Number.isFinite(Number(plain))) return { tag: '!!str', value: text };
  return { tag: '!!float', value: Number(plain) };
}

const dateText =
  /^(\d{4})-(\d{1,2})-(\d{1,2})(?:([Tt ])(\d{1,2}):(\d{1,2}):(\d{1,2})(?:\.(\d{1,9}))?(Z|[-+]\d{2}:\d{2})?)?$/;

/** A date or time as Go's JSON writes it; undefined for other texts. */
function parseDate(text: string): string | undefined {
  const match = dateText.exec(text);
  if (match === null) return undefined;
  const [, year = '', month = '', day = '', separator, hour = '0', minute = '0', second = '0', fraction, zone] = match;
  if (separator !== undefined && (separator === ' ') !== (zone === undefined)) return undefined;
  const last = new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate();
  if (Number(month) < 1 || Number(month) > 12 || Number(day) < 1 || Number(day) > last) return undefined;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined;
  const two = (part: string): string => part.padStart(2, '0');
  const digits = fraction?.replace(/0+$/, '') ?? '';
  const time = `${two(hour)}:${two(minute)}:${two(second)}${digits === '' ? '' : `.${digits}`}`;
  return `${year}-${two(month)}-${two(day)}T${time}${zone === undefined || /00:00$/.test(zone) ? 'Z' : zone}`;
}

const oldBooleans = /^(y|Y|yes|Yes|YES|on|On|ON|n|N|no|No|NO|off|Off|OFF)$/;

/** Words that YAML 1.1 took for booleans, which writers put in quotes. */
export function isOldBoolean(text: string): boolean {
  return oldBooleans.test(text);
}
