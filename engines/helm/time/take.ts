import { DAYS, MONTHS } from './layout.ts';
import { UTC, type Zone } from './zone.ts';

/** What has been read of a time so far. */
export interface Parsed {
  year: number;
  month: number;
  day: number;
  yearDay: number;
  hour: number;
  minute: number;
  second: number;
  nanosecond: number;
  afternoon: boolean;
  morning: boolean;
  zone: Zone | undefined;
  offset: number | undefined;
  abbreviation: string;
}

/** A part that is written rightly and cannot be. */
export class RangeProblem extends Error {}

/** Plain text must stand as it is; blanks match any number of blanks. Gives what is left, undefined when it does not. */
export function takeText(want: string, text: string): string | undefined {
  let rest = text;
  for (let i = 0; i < want.length; i++) {
    if (want.charAt(i) === ' ') {
      if (rest !== '' && !rest.startsWith(' ')) return undefined;
      while (want.charAt(i + 1) === ' ') i++;
      rest = rest.replace(/^ +/, '');
    } else {
      if (rest.charAt(0) !== want.charAt(i)) return undefined;
      rest = rest.slice(1);
    }
  }
  return rest;
}

function takeNumber(text: string, pattern: RegExp, set: (value: number) => void): string | undefined {
  const match = pattern.exec(text);
  if (match === null) return undefined;
  set(Number(match[0]));
  return text.slice(match[0].length);
}

const two = /^[0-9]{2}/;
const oneOrTwo = /^[0-9]{1,2}/;

/** Throws RangeProblem when a part does not fit. */
export function check(what: string, fits: boolean): void {
  if (!fits) throw new RangeProblem(what);
}

/** Reads one part of a layout into `into`. Gives what is left of the text, undefined when the part is not there. Throws RangeProblem. */
export function takePart(part: string, text: string, into: Parsed): string | undefined {
  if (/^[.,]/.test(part)) return takeFraction(part, text, into);
  if (/^[-Z]0/.test(part)) return takeOffset(part, text, into);
  switch (part) {
    case '2006':
      return takeNumber(text, /^[0-9]{4}/, (value) => {
        into.year = value;
      });
    case '06':
      return takeNumber(text, two, (value) => {
        into.year = value >= 69 ? value + 1900 : value + 2000;
      });
    case 'January':
    case 'Jan':
      return takeName(MONTHS, part === 'Jan', text, (index) => {
        into.month = index + 1;
      });
    case 'Monday':
    case 'Mon':
      return takeName(DAYS, part === 'Mon', text, () => {});
    case '01':
    case '1':
      return takeNumber(text, part === '01' ? two : oneOrTwo, (value) => {
        check('month', value >= 1 && value <= 12);
        into.month = value;
      });
    case '2':
    case '_2':
    case '02':
      return takeNumber(part === '_2' ? text.replace(/^ /, '') : text, part === '02' ? two : oneOrTwo, (value) => {
        into.day = value;
      });
    case '002':
    case '__2':
      return takeNumber(
        part === '__2' ? text.replace(/^ {1,2}/, '') : text,
        part === '002' ? /^[0-9]{3}/ : /^[0-9]{1,3}/,
        (value) => {
          into.yearDay = value;
        },
      );
    case 'MST':
      return takeAbbreviation(text, into);
    default:
      return takeClock(part, text, into);
  }
}

function takeClock(part: string, text: string, into: Parsed): string | undefined {
  switch (part) {
    case '15':
      return takeNumber(text, part === '15' ? oneOrTwo : two, (value) => {
        check('hour', value < 24);
        into.hour = value;
      });
    case '3':
    case '03':
      return takeNumber(text, part === '03' ? two : oneOrTwo, (value) => {
        check('hour', value <= 12);
        into.hour = value;
      });
    case '4':
    case '04':
      return takeNumber(text, part === '04' ? two : oneOrTwo, (value) => {
        check('minute', value < 60);
        into.minute = value;
      });
    case '5':
    case '05':
      return takeSeconds(part, text, into);
    default: {
      const word = text.slice(0, 2);
      const [am, pm] = part === 'PM' ? ['AM', 'PM'] : ['am', 'pm'];
      if (word !== am && word !== pm) return undefined;
      into.afternoon = word === pm;
      into.morning = word === am;
      return text.slice(2);
    }
  }
}

/** Seconds may have a fraction that the layout does not mention. */
function takeSeconds(part: string, text: string, into: Parsed): string | undefined {
  const rest = takeNumber(text, part === '05' ? two : oneOrTwo, (value) => {
    check('second', value < 60);
    into.second = value;
  });
  const fraction = rest === undefined ? null : /^[.,]([0-9]+)/.exec(rest);
  if (rest === undefined || fraction === null) return rest;
  into.nanosecond = Number((fraction[1] ?? '').slice(0, 9).padEnd(9, '0'));
  return rest.slice(fraction[0].length);
}

function takeFraction(part: string, text: string, into: Parsed): string | undefined {
  if (part.charAt(1) === '9') {
    const match = /^[.,]([0-9]{1,9})/.exec(text);
    if (match === null) return text;
    into.nanosecond = Number((match[1] ?? '').padEnd(9, '0'));
    return text.slice(match[0].length);
  }
  const digits = part.length - 1;
  const match = new RegExp(`^[.,]([0-9]{${digits}})`).exec(text);
  if (match === null) return into.nanosecond > 0 && !/^[.,]/.test(text) ? text : undefined;
  into.nanosecond = Number((match[1] ?? '').padEnd(9, '0'));
  return text.slice(match[0].length);
}

function takeOffset(part: string, text: string, into: Parsed): string | undefined {
  if (part.startsWith('Z') && text.startsWith('Z')) {
    into.zone = UTC;
    return text.slice(1);
  }
  const patterns: Record<string, RegExp> = {
    '07': /^([-+])([0-9]{2})/,
    '0700': /^([-+])([0-9]{2})([0-9]{2})/,
    '07:00': /^([-+])([0-9]{2}):([0-9]{2})/,
    '070000': /^([-+])([0-9]{2})([0-9]{2})([0-9]{2})/,
    '07:00:00': /^([-+])([0-9]{2}):([0-9]{2}):([0-9]{2})/,
  };
  const match = patterns[part.slice(1)]?.exec(text) ?? null;
  if (match === null) return undefined;
  const [whole, sign, hours, minutes = '0', seconds = '0'] = match;
  check('time zone offset hour', Number(hours) <= 24);
  check('time zone offset minute', Number(minutes) < 60);
  const offset = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
  into.offset = sign === '-' ? -offset : offset;
  return text.slice(whole.length);
}

function takeAbbreviation(text: string, into: Parsed): string | undefined {
  if (text.startsWith('UTC')) {
    into.zone = UTC;
    return text.slice(3);
  }
  const match = /^(?:GMT[-+][0-9]{1,2}|[-+][0-9]{2}|ChST|MeST|[A-Z]{3,4}T?)(?![A-Z])/.exec(text);
  if (match === null) return undefined;
  into.abbreviation = match[0];
  return text.slice(match[0].length);
}

function takeName(
  names: readonly string[],
  short: boolean,
  text: string,
  set: (index: number) => void,
): string | undefined {
  for (const [index, name] of names.entries()) {
    const want = short ? name.slice(0, 3) : name;
    if (text.slice(0, want.length).toLowerCase() !== want.toLowerCase()) continue;
    set(index);
    return text.slice(want.length);
  }
  return undefined;
}
