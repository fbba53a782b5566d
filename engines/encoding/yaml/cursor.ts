import { CR, isBlankOrEnd, LF } from './chars.ts';

const lineEnd = /[\n\r\x85\u2028\u2029]/g;

/** A place in YAML text, and what is known there of the structure around it. */
export class YamlCursor {
  readonly text: string;
  position = 0;
  line = 0;
  lineStart = 0;
  indent = -1;
  flowLevel = 0;
  simpleKeyAllowed = true;

  constructor(text: string) {
    this.text = text;
  }

  get column(): number {
    return this.position - this.lineStart;
  }

  /** The code at so many characters ahead; NaN past the end. */
  code(ahead = 0): number {
    return this.text.charCodeAt(this.position + ahead);
  }

  /** Takes one line break and gives what it stands for. */
  takeBreak(): string {
    const code = this.code();
    this.position += code === CR && this.code(1) === LF ? 2 : 1;
    this.line++;
    this.lineStart = this.position;
    return code === 0x2028 || code === 0x2029 ? String.fromCharCode(code) : '\n';
  }

  /** Goes to the end of the line, which an expression finds soonest. */
  skipLine(): void {
    lineEnd.lastIndex = this.position;
    this.position = lineEnd.test(this.text) ? lineEnd.lastIndex - 1 : this.text.length;
  }

  /** Whether `---` or `...` stands at the start of this line. */
  atDocumentIndicator(): boolean {
    if (this.position !== this.lineStart) return false;
    const code = this.code();
    return (code === 45 || code === 46) && this.code(1) === code && this.code(2) === code && isBlankOrEnd(this.code(3));
  }
}
