type Labels = ReadonlyMap<string, string>;
export type LabelTest = (labels: Labels) => boolean;

const tokenText = /\s*(!=|==|=|!|\(|\)|,|<|>|[^\s!=(),<>]+)/y;
const operators = new Set(['=', '==', '!=', 'in', 'notin', '<', '>']);
const symbols = new Set(['=', '==', '!=', '!', '(', ')', ',', '<', '>']);

/** Reads `app=web,tier notin (a, b),!old`: a selector as text. An empty one fits all. Throws on what is none. */
export function parseLabelExpression(text: string): LabelTest {
  const tests = text === '' ? [] : new ExpressionParser(text).parse();
  return (labels) => tests.every((test) => test(labels));
}

class ExpressionParser {
  readonly #tokens: string[];
  #at = 0;

  constructor(text: string) {
    this.#tokens = [...text.matchAll(new RegExp(tokenText.source, 'g'))].map((match) => match[1] ?? '');
  }

  parse(): LabelTest[] {
    const tests: LabelTest[] = [];
    if (this.#tokens.length === 0) return tests;
    for (;;) {
      tests.push(this.#parseRequirement());
      const next = this.#take();
      if (next === '') return tests;
      if (next !== ',')
        throw new Error(`unable to parse requirement: found '${next}', expected: ',' or 'end of string'`);
      if (this.#peek() === '') throw new Error("found '', expected: identifier after ','");
    }
  }

  #peek(): string {
    return this.#tokens[this.#at] ?? '';
  }

  #take(): string {
    return this.#tokens[this.#at++] ?? '';
  }

  #parseRequirement(): LabelTest {
    const negated = this.#peek() === '!';
    if (negated) this.#take();
    const key = this.#takeName();
    if (negated) return (labels) => !labels.has(key);
    const next = this.#peek();
    if (next === '' || next === ',') return (labels) => labels.has(key);
    const operator = this.#take();
    if (!operators.has(operator)) {
      throw new Error(`unable to parse requirement: found '${operator}', expected: '=', '!=', '==', 'in', notin'`);
    }
    if (operator === 'in' || operator === 'notin') return this.#testSet(key, operator === 'in');
    return testValue(key, operator, this.#takeValue());
  }

  #takeName(): string {
    const name = this.#take();
    if (name !== '' && !symbols.has(name)) return name;
    throw new Error(`unable to parse requirement: found '${name}', expected: identifier`);
  }

  /** A value may be left out. */
  #takeValue(): string {
    const next = this.#peek();
    if (next === '' || next === ',') return '';
    return this.#takeName();
  }

  #testSet(key: string, wanted: boolean): LabelTest {
    const open = this.#take();
    if (open !== '(') throw new Error(`unable to parse requirement: found '${open}' expected: '('`);
    const values = new Set<string>();
    for (let token = this.#take(); token !== ')'; token = this.#take()) {
      if (token === '') throw new Error("unable to parse requirement: found '', expected: ',' or ')'");
      if (token !== ',') values.add(token);
    }
    return (labels) => {
      const value = labels.get(key);
      return (value !== undefined && values.has(value)) === wanted;
    };
  }
}

function testValue(key: string, operator: string, value: string): LabelTest {
  if (operator === '!=') return (labels) => labels.get(key) !== value;
  if (operator !== '<' && operator !== '>') return (labels) => labels.get(key) === value;
  const limit = Number(value);
  return (labels) => {
    const actual = Number(labels.get(key) ?? Number.NaN);
    return operator === '<' ? actual < limit : actual > limit;
  };
}
