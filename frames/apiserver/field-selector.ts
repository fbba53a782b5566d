import { badRequest } from './failures.ts';

export interface FieldTerm {
  readonly field: string;
  readonly equal: boolean;
  readonly value: string;
}

/** Parses `metadata.name=a,status.phase!=Running`. Throws 400 in apimachinery's words (pkg/fields/selector.go). */
export function parseFieldSelector(text: string): FieldTerm[] {
  return splitTerms(text)
    .filter((term) => term !== '')
    .map((term) => parseTerm(term, text));
}

function parseTerm(term: string, whole: string): FieldTerm {
  const at = operatorAt(term);
  if (at === undefined) throw badRequest(`invalid selector: '${whole}'; can't understand '${term}'`);
  const operator = term.startsWith('!=', at) || term.startsWith('==', at) ? term.slice(at, at + 2) : '=';
  return {
    field: term.slice(0, at),
    equal: operator !== '!=',
    value: unescapeValue(term.slice(at + operator.length)),
  };
}

function operatorAt(term: string): number | undefined {
  for (let at = 0; at < term.length; at += 1) {
    if (term[at] === '=' || term.startsWith('!=', at)) return at;
  }
  return undefined;
}

/** Commas separate terms, unless a backslash stands before them. */
function splitTerms(text: string): string[] {
  const terms: string[] = [];
  let start = 0;
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === ',') {
      terms.push(text.slice(start, at));
      start = at + 1;
    }
  }
  return [...terms, text.slice(start)];
}

/** Throws 400 for a backslash before anything but a backslash, a comma or an equals sign, and for these without one. */
function unescapeValue(value: string): string {
  return value.replace(/\\(.?)|[,=]/gsu, (found: string, escaped?: string) => {
    if (escaped === undefined) {
      throw badRequest(`invalid field selector: unescaped character in value: ${found.codePointAt(0)}`);
    }
    if ('\\,='.includes(escaped) && escaped !== '') return escaped;
    throw badRequest(`invalid field selector: invalid escape sequence: ${found}`);
  });
}
