import { quoteRune } from '@croft/gotemplate/fmt/quote';

/** What is wrong with a TOML text, and on which line (from 1). */
export class TomlProblem extends Error {
  readonly line: number;
  constructor(line: number, message: string) {
    super(message);
    this.line = line;
  }
}

/** Versions of BurntSushi/toml: 1.5 reads TOML 1.0, 1.6 reads TOML 1.1; they also write floats differently. */
export type TomlVersion = '1.5' | '1.6';

/** Reads TOML text character by character; lines count as BurntSushi/toml counts them for its errors. */
export class TomlScanner {
  readonly text: string;
  readonly version: TomlVersion;
  at = 0;
  line = 1;
  #atEnd = false;

  constructor(text: string, version: TomlVersion) {
    this.text = text;
    this.version = version;
  }

  /** Takes one character; '' at the end. Throws TomlProblem at one that no TOML may have. */
  next(): string {
    const char = this.peek();
    this.#atEnd = char === '';
    this.at += char.length;
    if (char === '\n') this.line++;
    return char;
  }

  /** The character that comes next; '' at the end. */
  peek(): string {
    this.#atEnd = false;
    const code = this.text.codePointAt(this.at);
    if (code === undefined) return '';
    const isBareReturn = code === 13 && this.text.charCodeAt(this.at + 1) !== 10;
    if ((code < 32 && code !== 9 && code !== 10 && code !== 13) || code === 127 || isBareReturn) {
      throw this.problem(`TOML files cannot contain control characters: '0x${hexByte(code)}'`);
    }
    if (code >= 0xd800 && code <= 0xdfff) throw this.problem(`invalid UTF-8 byte: 0x${hexByte(code & 0xff)}`);
    return String.fromCodePoint(code);
  }

  /** Takes this text if it comes next. */
  accept(text: string): boolean {
    if (!this.text.startsWith(text, this.at)) return false;
    this.at += text.length;
    return true;
  }

  /** Takes the characters that fit, which must not be line breaks. */
  takeWhile(fits: (char: string) => boolean): string {
    const start = this.at;
    while (fits(this.peek())) this.next();
    return this.text.slice(start, this.at);
  }

  skipBlanks(): void {
    this.takeWhile(isBlank);
  }

  /** Passes over the rest of the line, from behind a `#`. */
  skipComment(): void {
    this.takeWhile((char) => char !== '' && !isBreak(char));
  }

  /** A problem at this place. At the end of the text it is told of the last line that has any. */
  problem(message: string): TomlProblem {
    const isBlankLine = this.#atEnd && this.text.charAt(this.at - 1) === '\n';
    return new TomlProblem(isBlankLine ? this.line - 1 : this.line, message);
  }

  /** A problem with the line break that was just taken. */
  problemAbove(message: string): TomlProblem {
    return new TomlProblem(this.line - 1, message);
  }
}

/** A character as errors show it. */
export function showChar(char: string): string {
  return quoteRune(char.codePointAt(0) ?? 0);
}

function hexByte(code: number): string {
  return code.toString(16).padStart(2, '0');
}

export function isBlank(char: string): boolean {
  return char === ' ' || char === '\t';
}

export function isBreak(char: string): boolean {
  return char === '\n' || char === '\r';
}

export function isDigit(char: string): boolean {
  return char >= '0' && char <= '9' && char.length === 1;
}

export function isBareKeyChar(char: string): boolean {
  return /^[A-Za-z0-9_-]$/.test(char);
}
