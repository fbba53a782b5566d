import { labelValueErrors, qualifiedNameErrors } from '@croft/api/names';
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
    if (operator === 'in' || operator === 'notin') {
      const values = this.#valueList();
      validateValues(key, values);
      return { key, operator, values };
    }
    const found = symbols[operator];
    if (found === undefined) throw failed(`found '${operator}', expected: in, notin, =, ==, !=, gt, lt`);
    const value = this.#exactValue();
    if ((found === 'gt' || found === 'lt') && !/^-?\d+$/.test(value)) {
      throw failed(
        `values[0][${key}]: Invalid value: "${value}": for 'Gt', 'Lt' operators, the value must be an integer`,
      );
    }
    validateValues(key, [value]);
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

function validateKey(key: string): void {
  const errors = qualifiedNameErrors(key);
  if (errors.length > 0) throw failed(`<nil>: Invalid value: ${JSON.stringify(key)}: ${errors.join('; ')}`);
}

function validateValues(key: string, values: readonly string[]): void {
  for (const [index, value] of [...values].sort().entries()) {
    const errors = labelValueErrors(value);
    if (errors.length === 0) continue;
    throw failed(`values[${index}][${key}]: Invalid value: ${JSON.stringify(value)}: ${errors.join('; ')}`);
  }
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
