/** A text with `${...}` taken apart: texts, and variables with what is to be done to them. */
export type Part = string | VariablePart;

export interface VariablePart {
  readonly name: string;
  /** `:-`, `##` and so on; '' for the value as it is. */
  readonly operator: string;
  /** Each argument's parts. */
  readonly args: readonly Part[][];
}

type Accept = (char: string, length: number) => boolean;

const word = /^[\p{L}\p{Nd}_]$/u;
const isWord: Accept = (char) => word.test(char);
const any: Accept = () => true;
const notClosing: Accept = (char) => char !== '}';
const isDefault: Accept = (char, length) => (length === 1 ? char === ':' : length === 2 && '=-?+'.includes(char));
const isReplace: Accept = (char, length) => (length === 1 ? char === '/' : length === 2 && '/#%'.includes(char));
const single =
  (wanted: string): Accept =>
  (char, length) =>
    char === wanted && length === 1;
const upToTwo =
  (wanted: string): Accept =>
  (char, length) =>
    wanted.includes(char) && length < 3;

type Token = 'text' | 'open' | 'close' | 'end' | 'other';

/** What a scan may find besides text. */
interface Modes {
  readonly text?: boolean;
  readonly open?: boolean;
  readonly close?: boolean;
  /** Which escapes count: `$$`, or `\/` and `\\` too. */
  readonly escapes?: 'dollar' | 'all';
}

/** Takes a text apart by the grammar of Flux's envsubst, a subset of Bash's. Throws with its words. */
export function parseExpression(text: string): Part[] {
  return new ExpressionParser(text).parse();
}

class ExpressionParser {
  readonly #chars: string[];
  #at = 0;
  #taken = '';

  constructor(text: string) {
    const end = text.indexOf('\0');
    this.#chars = [...(end < 0 ? text : text.slice(0, end))];
  }

  parse(): Part[] {
    const parts: Part[] = [];
    for (;;) {
      const token = this.#scan(any, { text: true, open: true, escapes: 'dollar' });
      if (token === 'end') return parts;
      parts.push(token === 'text' ? this.#taken : this.#parseVariable());
    }
  }

  #peek(ahead = 0): string {
    return this.#chars[this.#at + ahead] ?? '';
  }

  #isOpen(): boolean {
    return this.#peek() === '$' && this.#peek(1) === '{';
  }

  /** Takes the longest text that is accepted, or a bracket. */
  #scan(accept: Accept, modes: Modes): Token {
    this.#taken = '';
    if (this.#peek() === '') return 'end';
    if (modes.open === true && this.#isOpen()) {
      this.#at += 2;
      return 'open';
    }
    if (modes.close === true && this.#peek() === '}') {
      this.#taken = '}';
      this.#at++;
      return 'close';
    }
    if (modes.text !== true) {
      this.#at++;
      return 'other';
    }
    while (this.#peek() !== '' && !(modes.open === true && this.#isOpen())) {
      if (this.#isEscape(modes)) {
        this.#taken += this.#peek(1);
        this.#at += 2;
      } else if (accept(this.#peek(), this.#taken.length + 1)) this.#taken += this.#chars[this.#at++];
      else break;
    }
    if (this.#taken !== '') return 'text';
    this.#at++;
    return 'other';
  }

  #isEscape({ escapes }: Modes): boolean {
    const next = this.#peek(1);
    if (escapes !== undefined && this.#peek() === '$') return next === '$';
    return escapes === 'all' && this.#peek() === '\\' && (next === '/' || next === '\\');
  }

  #expect(accept: Accept, problem: string): string {
    if (this.#scan(accept, { text: true }) !== 'text') throw new Error(problem);
    return this.#taken;
  }

  #close(): void {
    if (this.#scan(any, { close: true }) !== 'close') throw new Error(badSubstitution);
  }

  #parseVariable(): VariablePart {
    if (this.#peek() === '#') return this.#parseLength();
    const name = this.#expect(isWord, 'unable to parse variable name');
    switch (this.#peek()) {
      case ':':
        return '=-?+'.includes(this.#peek(1)) && this.#peek(1) !== ''
          ? this.#parseDefault(name, isDefault)
          : this.#parseSubstring(name);
      case '=':
        return this.#parseDefault(name, single('='));
      case ',':
      case '^':
        return this.#closing({ name, operator: this.#expect(upToTwo(',^'), badSubstitution), args: [] });
      case '/':
        return this.#parseReplace(name);
      case '#':
      case '%':
        return this.#parseTrim(name, upToTwo(this.#peek()));
    }
    if (this.#scan(isWord, { close: true }) !== 'close') throw new Error('missing closing brace');
    return { name, operator: '', args: [] };
  }

  #closing(part: VariablePart): VariablePart {
    this.#close();
    return part;
  }

  #parseLength(): VariablePart {
    const operator = this.#expect(single('#'), badSubstitution);
    return this.#closing({ name: this.#expect(isWord, badSubstitution), operator, args: [] });
  }

  #parseDefault(name: string, accept: Accept): VariablePart {
    const operator = this.#expect(accept, 'unable to parse default function');
    const args: Part[][] = [];
    while (this.#peek() !== '}') args.push(this.#parseArgument(notClosing));
    return this.#closing({ name, operator, args });
  }

  #parseSubstring(name: string): VariablePart {
    // The library looks at the next character and goes back by one byte only.
    if (this.#peek(1) > '\x7f') throw new Error(badSubstitution);
    const operator = this.#expect(single(':'), badSubstitution);
    const offset = this.#parseArgument((char) => char !== ':' && char !== '}');
    const next = this.#scan((char) => char === ':', { text: true, close: true });
    if (next === 'close') return { name, operator, args: [offset] };
    if (next !== 'text') throw new Error(badSubstitution);
    return this.#closing({ name, operator, args: [offset, this.#parseArgument(notClosing)] });
  }

  #parseTrim(name: string, accept: Accept): VariablePart {
    const operator = this.#expect(accept, badSubstitution);
    return this.#closing({ name, operator, args: [this.#parseArgument(notClosing)] });
  }

  #parseReplace(name: string): VariablePart {
    const operator = this.#expect(isReplace, badSubstitution);
    const pattern = this.#parseArgument((char) => char !== '/', 'all');
    this.#expect((char) => char === '/', badSubstitution);
    if (this.#peek() === '}') return this.#closing({ name, operator, args: [pattern] });
    return this.#closing({ name, operator, args: [pattern, this.#parseArgument(notClosing, 'all')] });
  }

  /** A text up to the next expression, or that expression. */
  #parseArgument(accept: Accept, escapes?: Modes['escapes']): Part[] {
    const modes = { text: true, open: true, ...(escapes === undefined ? {} : { escapes }) };
    const token = this.#scan(accept, modes);
    if (token === 'open') return [this.#parseVariable()];
    if (token === 'text') return [this.#taken];
    throw new Error('unable to parse substitution within function');
  }
}

const badSubstitution = 'bad substitution';
