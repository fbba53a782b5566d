import type { LabelSelector } from '@croft/api/types';
import { badRequest } from './failures.ts';

/** Says whether labels fit a selector. */
export type LabelMatch = (labels: Readonly<Record<string, string>>) => boolean;

type Operator = 'in' | 'notin' | 'exists' | 'absent' | 'gt' | 'lt';

interface Requirement {
  key: string;
  operator: Operator;
  values: string[];
}

/** Parses `app in (a,b),!legacy,tier!=x` as apimachinery's labels.Parse; undefined for one that takes everything. */
export function parseLabelSelector(text: string): LabelMatch | undefined {
  const requirements = new Parser(text).parse();
  if (requirements.length === 0) return undefined;
  return (labels) => requirements.every((requirement) => fits(requirement, labels));
}

function fits({ key, operator, values }: Requirement, labels: Readonly<Record<string, string>>): boolean {
  const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
  switch (operator) {
    case 'in':
      return value !== undefined && values.includes(value);
    case 'notin':
      return value === undefined || !values.includes(value);
    case 'exists':
      return value !== undefined;
    case 'absent':
      return value === undefined;
    default: {
      if (value === undefined || !/^-?\d+$/.test(value)) return false;
      const limit = Number(values[0]);
      return operator === 'gt' ? Number(value) > limit : Number(value) < limit;
    }
  }
}

const special = '()=!<>,';
const symbols: Record<string, Operator> = { '=': 'in', '==': 'in', '!=': 'notin', '>': 'gt', '<': 'lt' };

function tokenize(text: string): string[] {
  const tokens: string[] = [];
  let at = 0;
  while (at < text.length) {
    const c = text[at]!;
    if (/\s/.test(c)) {
      at += 1;
    } else if (special.includes(c)) {
      const two = text.slice(at, at + 2);
      const token = two === '==' || two === '!=' ? two : c;
      tokens.push(token);
      at += token.length;
    } else {
      let end = at;
      while (end < text.length && !special.includes(text[end]!) && !/\s/.test(text[end]!)) end += 1;
      tokens.push(text.slice(at, end));
      at = end;
    }
  }
  return tokens;
}

const isWord = (token: string): boolean => token !== '' && !special.includes(token[0]!);

/** Recursive descent over the grammar of apimachinery pkg/labels/selector.go, whose words the errors are. */
class Parser {
  readonly #tokens: string[];
  #at = 0;

  constructor(text: string) {
    this.#tokens = tokenize(text);
  }

  parse(): Requirement[] {
    const requirements: Requirement[] = [];
    if (this.#peek() === '') return requirements;
    for (;;) {
      const next = this.#peek();
      if (next !== '!' && !isWord(next))
        throw badRequest(`found '${next}', expected: !, identifier, or 'end of string'`);
      requirements.push(this.#requirement());
      const separator = this.#next();
      if (separator === '') return requirements;
      if (separator !== ',') throw badRequest(`found '${separator}', expected: ',' or 'end of string'`);
      const after = this.#peek();
      if (after !== '!' && !isWord(after)) throw badRequest(`found '${after}', expected: identifier after ','`);
    }
  }

  #requirement(): Requirement {
    const absent = this.#peek() === '!';
    if (absent) this.#next();
    const key = this.#next();
    if (!isWord(key)) throw failed(`found '${key}', expected: identifier`);
    validateKey(key);
    const next = this.#peek();
    if (absent) return { key, operator: 'absent', values: [] };
    if (next === '' || next === ',') return { key, operator: 'exists', values: [] };
    return this.#comparison(key, this.#next());
  }

  #comparison(key: string, operator: string): Requirement {
    if (operator === 'in' || operator === 'notin') return { key, operator, values: this.#valueList() };
    const found = symbols[operator];
    if (found === undefined) throw failed(`found '${operator}', expected: in, notin, =, ==, !=, gt, lt`);
    const value = this.#exactValue();
    if ((found === 'gt' || found === 'lt') && !/^-?\d+$/.test(value)) {
      throw failed(
        `values[0][${key}]: Invalid value: "${value}": for 'Gt', 'Lt' operators, the value must be an integer`,
      );
    }
    validateValue(key, value);
    return { key, operator: found, values: [value] };
  }

  #exactValue(): string {
    const next = this.#peek();
    if (next === '' || next === ',') return '';
    const value = this.#next();
    if (!isWord(value)) throw failed(`found '${value}', expected: identifier`);
    return value;
  }

  #valueList(): string[] {
    const open = this.#next();
    if (open !== '(') throw failed(`found '${open}' expected: '('`);
    const values: string[] = [];
    let expectValue = true;
    for (;;) {
      const token = this.#next();
      if (token === ')') {
        if (expectValue) values.push('');
        return [...new Set(values)];
      }
      if (token === ',') {
        if (expectValue) values.push('');
        expectValue = true;
      } else if (isWord(token) && expectValue) {
        values.push(token);
        expectValue = false;
      } else {
        throw failed(`found '${token}', expected: ',', or ')'`);
      }
    }
  }

  #peek(): string {
    return this.#tokens[this.#at] ?? '';
  }

  #next(): string {
    return this.#tokens[this.#at++] ?? '';
  }
}

const failed = (why: string) => badRequest(`unable to parse requirement: ${why}`);

const part = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;

function validateKey(key: string): void {
  const [first = '', second, ...more] = key.split('/');
  const name = second ?? first;
  if (more.length === 0 && name.length <= 63 && part.test(name)) return;
  throw failed(
    `<nil>: Invalid value: ${JSON.stringify(key)}: ${
      more.length === 0
        ? "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
        : "a valid label key must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]') with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"
    }`,
  );
}

function validateValue(key: string, value: string): void {
  if (value === '' || (value.length <= 63 && part.test(value))) return;
  const why =
    value.length > 63
      ? 'must be no more than 63 bytes'
      : "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";
  throw failed(`values[0][${key}]: Invalid value: ${JSON.stringify(value)}: ${why}`);
}

/** Says whether labels fit a metav1.LabelSelector. */
export function selectorMatch({ matchLabels = {}, matchExpressions = [] }: LabelSelector): LabelMatch {
  const operators: Record<string, Operator> = { In: 'in', NotIn: 'notin', Exists: 'exists', DoesNotExist: 'absent' };
  const requirements = [
    ...Object.entries(matchLabels).map(([key, value]): Requirement => ({ key, operator: 'in', values: [value] })),
    ...matchExpressions.map(
      ({ key, operator, values = [] }): Requirement => ({ key, operator: operators[operator] ?? 'absent', values }),
    ),
  ];
  return (labels) => requirements.every((requirement) => fits(requirement, labels));
}
