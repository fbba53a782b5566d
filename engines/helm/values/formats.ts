import { quoteRune, quoteString } from '@croft/gotemplate/fmt/quote';
import { re2 } from '../load-late.ts';
import { parseTime } from '../time/parse.ts';
import { UTC } from '../time/zone.ts';

/** What is wrong with a text of a format, in the words of santhosh-tekuri/jsonschema; undefined when nothing is. */
type FindProblem = (text: string) => string | undefined;

/** The formats that schemas before 2019 check. Others are taken as they are. */
const formats: Readonly<Record<string, FindProblem>> = {
  'date-time': dateTimeProblem,
  date: dateProblem,
  email: emailProblem,
  hostname: hostProblem,
  ipv4: ipv4Problem,
  ipv6: ipv6Problem,
  regex: regexProblem,
  time: timeProblem,
  uri: uriProblem,
  'uri-reference': (text) => (text.includes('\\') ? 'contains \\' : undefined),
  uuid: uuidProblem,
};

/** Why a text is not of a format; undefined when it is, or the format is not known. */
export function findFormatProblem(format: string, text: string): string | undefined {
  return Object.hasOwn(formats, format) ? formats[format]?.(text) : undefined;
}

function invalidCharacter(char: string): string {
  return `invalid character ${quoteRune(char.codePointAt(0) ?? 0)}`;
}

function emailProblem(text: string): string | undefined {
  if (Buffer.byteLength(text) > 254) return 'more than 255 characters long';
  const at = text.lastIndexOf('@');
  if (at < 0) return 'missing @';
  const local = text.slice(0, at);
  const domain = text.slice(at + 1);
  if (Buffer.byteLength(local) > 64) return 'local part more than 64 characters long';
  const problem = /^".+$/s.test(local) ? quotedProblem(local) : localProblem(local);
  if (problem !== undefined) return problem;
  const address = /^\[(IPv6:)?(.*)\]$/.exec(domain);
  if (address !== null) {
    const [, six, inner = ''] = address;
    const wrong = six === undefined ? ipv4Problem(inner) : ipv6Problem(inner);
    return wrong === undefined ? undefined : `invalid ipv${six === undefined ? 4 : 6} address: ${wrong}`;
  }
  const wrong = hostProblem(domain);
  return wrong === undefined ? undefined : `invalid domain: ${wrong}`;
}

function quotedProblem(local: string): string | undefined {
  if (!/[\\"]/.test(local.slice(1, -1))) return undefined;
  return 'backslash and quote are not allowed within quoted local part';
}

function localProblem(local: string): string | undefined {
  if (local.startsWith('.')) return 'starts with dot';
  if (local.endsWith('.')) return 'ends with dot';
  if (local.includes('..')) return 'consecutive dots';
  const bad = Array.from(local).find((char) => !/[a-zA-Z0-9.!#$%&'*+\-/=?^_`{|}~]/.test(char));
  return bad === undefined ? undefined : invalidCharacter(bad);
}

function hostProblem(text: string): string | undefined {
  const name = text.replace(/\.$/, '');
  if (Buffer.byteLength(name) > 253) return 'more than 253 characters long';
  for (const label of name.split('.')) {
    if (label === '' || Buffer.byteLength(label) > 63) return 'label must be 1 to 63 characters long';
    if (label.startsWith('-')) return 'label starts with hyphen';
    if (label.endsWith('-')) return 'label ends with hyphen';
    const bad = Array.from(label).find((char) => !/[a-zA-Z0-9-]/.test(char));
    if (bad !== undefined) return invalidCharacter(bad);
  }
  return undefined;
}

function ipv4Problem(text: string): string | undefined {
  const groups = text.split('.');
  if (groups.length !== 4) return 'expected four decimals';
  for (const group of groups) {
    if (/^0./.test(group)) return 'leading zeros';
    if (!/^[-+]?[0-9]+$/.test(group)) return `strconv.Atoi: parsing ${quoteString(group)}: invalid syntax`;
    if (Number(group) < 0 || Number(group) > 255) return 'decimal must be between 0 and 255';
  }
  return undefined;
}

function ipv6Problem(text: string): string | undefined {
  if (!text.includes(':')) return 'missing colon';
  if (URL.canParse(`http://[${text}]`)) return undefined;
  if (text.includes('%') && URL.canParse(`http://[${text.replace(/%.*/, '')}]`)) {
    return 'zone id is not a part of ipv6 address';
  }
  return `ParseAddr(${quoteString(text)}): unable to parse IP`;
}

function dateProblem(text: string): string | undefined {
  try {
    parseTime('2006-01-02', text, UTC);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function timeProblem(text: string): string | undefined {
  if (text.length < 9) return 'less than 9 characters long';
  const match = /^(\d\d):(\d\d):(\d\d)(\.\d+)?(?:[zZ]|([-+])(\d\d):(\d\d))$/.exec(text);
  if (match === null) return text[2] !== ':' || text[5] !== ':' ? 'missing colon in correct place' : restProblem(text);
  const [, hour, minute, second, , , zoneHour = '0', zoneMinute = '0'] = match;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 60) return 'hour/min/sec out of range';
  return Number(zoneHour) > 23 || Number(zoneMinute) > 59 ? 'hour/min in offset out of range' : undefined;
}

function restProblem(text: string): string {
  if (!/^\d\d:\d\d:\d\d/.test(text)) return 'invalid hour/min/sec';
  if (/^\.(?!\d)/.test(text.slice(8))) return 'no digits in second fraction';
  const offset = text.slice(8).replace(/^\.\d+/, '');
  if (offset.length !== 6) return 'offset must be 6 characters long';
  if (!/^[-+]/.test(offset)) return 'offset must begin with plus/minus';
  return offset[3] === ':' ? 'invalid hour/min in offset' : 'missing colon in offset in correct place';
}

function dateTimeProblem(text: string): string | undefined {
  if (text.length < 20) return 'less than 20 characters long';
  if (!/^[tT]$/.test(text.charAt(10))) return '11th character must be t or T';
  const date = dateProblem(text.slice(0, 10));
  if (date !== undefined) return `invalid date element: ${date}`;
  const time = timeProblem(text.slice(11));
  return time === undefined ? undefined : `invalid time element: ${time}`;
}

function uriProblem(text: string): string | undefined {
  if (/^[a-zA-Z][a-zA-Z0-9+.-]*:/.test(text)) return undefined;
  if (text.startsWith(':')) return `parse ${quoteString(text)}: missing protocol scheme`;
  return 'relative url';
}

function uuidProblem(text: string): string | undefined {
  const lengths = [8, 4, 4, 4, 12];
  const groups = text.split('-');
  if (groups.length !== lengths.length) return `must have ${lengths.length} elements`;
  for (const [i, group] of groups.entries()) {
    if (group.length !== lengths[i]) return `element ${i + 1} must be ${lengths[i]} characters long`;
    const bad = Array.from(group).find((char) => !/[0-9a-fA-F]/.test(char));
    if (bad !== undefined) return `non-hex character ${quoteRune(bad.codePointAt(0) ?? 0)}`;
  }
  return undefined;
}

function regexProblem(text: string): string | undefined {
  try {
    re2().compile(text);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
