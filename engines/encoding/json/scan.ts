import { encodeString } from '@croft/gotemplate/bytes';
import { quoteString } from '@croft/gotemplate/fmt/quote';

/** A problem in JSON, in the words of encoding/json's scanner; undefined when there is none. */
export function findJsonProblem(text: string): string | undefined {
  try {
    const scan = new JsonScan(text);
    scan.value();
    scan.space();
    if (scan.at < text.length) scan.fail('after top-level value');
    return undefined;
  } catch (error) {
    if (error instanceof Problem) return error.message;
    throw error;
  }
}

/** How many characters the first JSON value of the text takes, with blanks before it. Throws an Error in Go's words. */
export function scanJsonValue(text: string): number {
  const scan = new JsonScan(text);
  try {
    scan.value();
  } catch (error) {
    if (error instanceof Problem && error.atEnd) {
      throw new Error(text.trim() === '' ? 'EOF' : 'unexpected EOF');
    }
    throw error;
  }
  return scan.at;
}

class Problem extends Error {
  readonly atEnd: boolean;
  constructor(message: string, atEnd: boolean) {
    super(message);
    this.atEnd = atEnd;
  }
}

class JsonScan {
  readonly text: string;
  at = 0;

  constructor(text: string) {
    this.text = text;
  }

  /** Reports the byte that comes next. */
  fail(context: string): never {
    const code = this.text.codePointAt(this.at);
    if (code === undefined) throw new Problem('unexpected end of JSON input', true);
    const byte = encodeString(String.fromCodePoint(code))[0] ?? code;
    throw new Problem(`invalid character ${quoteChar(String.fromCharCode(byte))} ${context}`, false);
  }

  /** As `fail`, where no blank may stand: at the end of the text Go's scanner asks for one more, and finds it wrong. */
  failWithin(context: string): never {
    if (this.at >= this.text.length) throw new Problem(`invalid character ' ' ${context}`, true);
    this.fail(context);
  }

  space(): void {
    while (' \t\r\n'.includes(this.text.charAt(this.at)) && this.at < this.text.length) this.at++;
  }

  value(): void {
    this.space();
    const char = this.text.charAt(this.at);
    if (char === '{') return this.object();
    if (char === '[') return this.array();
    if (char === '"') return this.string();
    if (char === '-' || (char >= '0' && char <= '9')) return this.number();
    for (const word of ['true', 'false', 'null']) if (char === word.charAt(0)) return this.literal(word);
    this.fail('looking for beginning of value');
  }

  private object(): void {
    this.at++;
    for (let first = true; ; first = false) {
      this.space();
      if (first && this.text.charAt(this.at) === '}') break;
      if (this.text.charAt(this.at) !== '"') this.fail('looking for beginning of object key string');
      this.string();
      this.space();
      if (this.text.charAt(this.at) !== ':') this.fail('after object key');
      this.at++;
      this.value();
      this.space();
      if (this.text.charAt(this.at) === '}') break;
      if (this.text.charAt(this.at) !== ',') this.fail('after object key:value pair');
      this.at++;
    }
    this.at++;
  }

  private array(): void {
    this.at++;
    this.space();
    if (this.text.charAt(this.at) !== ']') {
      for (;;) {
        this.value();
        this.space();
        if (this.text.charAt(this.at) === ']') break;
        if (this.text.charAt(this.at) !== ',') this.fail('after array element');
        this.at++;
      }
    }
    this.at++;
  }

  private string(): void {
    this.at++;
    for (let char = this.text.charAt(this.at); char !== '"'; char = this.text.charAt(++this.at)) {
      if (char === '' || char < ' ') this.fail('in string literal');
      if (char !== '\\') continue;
      const letter = this.text.charAt(++this.at);
      if (letter === 'u') this.hexDigits();
      else if (letter === '' || !'bfnrt\\/"'.includes(letter)) this.failWithin('in string escape code');
    }
    this.at++;
  }

  private hexDigits(): void {
    for (let i = 0; i < 4; i++) {
      this.at++;
      if (!/[0-9a-fA-F]/.test(this.text.charAt(this.at))) this.failWithin('in \\u hexadecimal character escape');
    }
  }

  private digits(context: string): void {
    if (!/[0-9]/.test(this.text.charAt(this.at))) this.failWithin(context);
    while (/[0-9]/.test(this.text.charAt(this.at))) this.at++;
  }

  private number(): void {
    if (this.text.charAt(this.at) === '-') this.at++;
    if (this.text.charAt(this.at) === '0') this.at++;
    else this.digits('in numeric literal');
    if (this.text.charAt(this.at) === '.') {
      this.at++;
      this.digits('after decimal point in numeric literal');
    }
    if (/[eE]/.test(this.text.charAt(this.at))) {
      this.at++;
      if (/[-+]/.test(this.text.charAt(this.at))) this.at++;
      this.digits('in exponent of numeric literal');
    }
  }

  private literal(word: string): void {
    for (const expected of word) {
      if (this.text.charAt(this.at) !== expected) {
        this.failWithin(`in literal ${word} (expecting '${expected}')`);
      }
      this.at++;
    }
  }
}

function quoteChar(char: string): string {
  if (char === "'") return "'\\''";
  if (char === '"') return `'"'`;
  return `'${quoteString(char).slice(1, -1)}'`;
}
