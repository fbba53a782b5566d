import { isBlank, isBlankOrEnd, isBreak, isWord, SPACE, TAB } from './chars.ts';
import { YamlCursor } from './cursor.ts';
import { scannerError } from './error.ts';
import { scanBlockScalar } from './scan-block.ts';
import { scanDirective } from './scan-directive.ts';
import { scanFlowScalar, scanPlainScalar } from './scan-flow.ts';
import { scanTag } from './scan-tag.ts';
import { T, type Token, type TokenType, token } from './tokens.ts';

interface SimpleKey {
  possible: boolean;
  required: boolean;
  tokenNumber: number;
  position: number;
  line: number;
  column: number;
}

const MAX_DEPTH = 10000;

/** Cuts YAML text into tokens by the rules of libyaml, which go-yaml follows: indentation becomes start and end tokens. */
export class YamlScanner extends YamlCursor {
  #indents: number[] = [];
  #keys: SimpleKey[] = [noKey()];
  #tokens: Token[] = [];
  #head = 0;
  #taken = 0;
  #ended = false;

  peek(): Token {
    while (this.#needsMore()) this.#fetchNext();
    return this.#tokens[this.#head] as Token;
  }

  /** Reads as many tokens after the next one. Throws when one of them is none. */
  fetchAhead(count: number): void {
    while (!this.#ended && this.#tokens.length - this.#head <= count) this.#fetchNext();
  }

  skip(): void {
    this.#head++;
    this.#taken++;
    if (this.#head === this.#tokens.length) {
      this.#tokens.length = 0;
      this.#head = 0;
    }
  }

  #needsMore(): boolean {
    if (this.#ended) return false;
    if (this.#head === this.#tokens.length) return true;
    for (const key of this.#keys) {
      if (key.possible && key.tokenNumber === this.#taken && this.#isValid(key)) return true;
    }
    return false;
  }

  #fetchNext(): void {
    this.#skipToToken();
    this.#unrollIndent(this.column);
    const code = this.code();
    if (Number.isNaN(code)) return this.#fetchEnd();
    const first = this.position === this.lineStart;
    if (first && code === 37) return this.#fetchDirective();
    if (first && this.atDocumentIndicator()) return this.#fetchIndicator(code === 45 ? T.documentStart : T.documentEnd);
    switch (code) {
      case 91:
        return this.#fetchFlowStart(T.flowSequenceStart);
      case 123:
        return this.#fetchFlowStart(T.flowMappingStart);
      case 93:
        return this.#fetchFlowEnd(T.flowSequenceEnd);
      case 125:
        return this.#fetchFlowEnd(T.flowMappingEnd);
      case 44:
        return this.#fetchFlowEntry();
      case 42:
        return this.#fetchName(T.alias);
      case 38:
        return this.#fetchName(T.anchor);
      case 33:
        return this.#fetchWith(() => scanTag(this));
      case 39:
        return this.#fetchWith(() => scanFlowScalar(this, true));
      case 34:
        return this.#fetchWith(() => scanFlowScalar(this, false));
    }
    const blank = isBlankOrEnd(this.code(1));
    if (code === 45 && blank) return this.#fetchBlockEntry();
    if (code === 63 && (this.flowLevel > 0 || blank)) return this.#fetchKey();
    if (code === 58 && (this.flowLevel > 0 || blank)) return this.#fetchValue();
    if ((code === 124 || code === 62) && this.flowLevel === 0) return this.#fetchBlockScalar(code === 124);
    if (this.#startsPlain(code)) return this.#fetchWith(() => scanPlainScalar(this));
    throw scannerError(this.line, 'found character that cannot start any token');
  }

  #startsPlain(code: number): boolean {
    if (isBlankOrEnd(code)) return false;
    if (code === 45) return !isBlank(this.code(1));
    if (code === 63 || code === 58) return this.flowLevel === 0;
    return code !== 35 && code !== 124 && code !== 62 && code !== 37 && code !== 64 && code !== 96;
  }

  #skipToToken(): void {
    for (;;) {
      let code = this.code();
      const tabs = this.flowLevel > 0 || !this.simpleKeyAllowed;
      while (code === SPACE || (tabs && code === TAB)) {
        this.position++;
        code = this.code();
      }
      if (code === 35) {
        this.skipLine();
        code = this.code();
      }
      if (!isBreak(code)) return;
      this.takeBreak();
      if (this.flowLevel === 0) this.simpleKeyAllowed = true;
    }
  }

  #add(item: Token): void {
    this.#tokens.push(item);
  }

  #fetchEnd(): void {
    if (this.position !== this.lineStart) {
      this.line++;
      this.lineStart = this.position;
    }
    this.#unrollIndent(-1);
    this.#removeKey();
    this.simpleKeyAllowed = false;
    this.#ended = true;
    this.#add(token(T.streamEnd, this.line));
  }

  #fetchDirective(): void {
    this.#unrollIndent(-1);
    this.#removeKey();
    this.simpleKeyAllowed = false;
    this.#add(scanDirective(this));
  }

  #fetchIndicator(type: TokenType): void {
    this.#unrollIndent(-1);
    this.#removeKey();
    this.simpleKeyAllowed = false;
    this.#add(token(type, this.line));
    this.position += 3;
  }

  #fetchFlowStart(type: TokenType): void {
    this.#saveKey();
    this.#keys.push(noKey());
    if (++this.flowLevel > MAX_DEPTH) throw scannerError(this.line, `exceeded max depth of ${MAX_DEPTH}`);
    this.simpleKeyAllowed = true;
    this.#addIndicator(type);
  }

  #fetchFlowEnd(type: TokenType): void {
    this.#removeKey();
    if (this.flowLevel > 0) {
      this.flowLevel--;
      this.#keys.pop();
    }
    this.simpleKeyAllowed = false;
    this.#addIndicator(type);
  }

  #fetchFlowEntry(): void {
    this.#removeKey();
    this.simpleKeyAllowed = true;
    this.#addIndicator(T.flowEntry);
  }

  #fetchBlockEntry(): void {
    if (this.flowLevel === 0) {
      if (!this.simpleKeyAllowed) {
        throw scannerError(this.line, 'block sequence entries are not allowed in this context');
      }
      this.#rollIndent(this.column, -1, T.blockSequenceStart, this.line);
    }
    this.#removeKey();
    this.simpleKeyAllowed = true;
    this.#addIndicator(T.blockEntry);
  }

  #fetchKey(): void {
    if (this.flowLevel === 0) {
      if (!this.simpleKeyAllowed) throw scannerError(this.line, 'mapping keys are not allowed in this context');
      this.#rollIndent(this.column, -1, T.blockMappingStart, this.line);
    }
    this.#removeKey();
    this.simpleKeyAllowed = this.flowLevel === 0;
    this.#addIndicator(T.key);
  }

  #fetchValue(): void {
    const key = this.#topKey();
    if (this.#isValid(key)) {
      this.#insert(key.tokenNumber, token(T.key, key.line));
      this.#rollIndent(key.column, key.tokenNumber, T.blockMappingStart, key.line);
      key.possible = false;
      this.simpleKeyAllowed = false;
    } else {
      if (this.flowLevel === 0) {
        if (!this.simpleKeyAllowed) throw scannerError(this.line, 'mapping values are not allowed in this context');
        this.#rollIndent(this.column, -1, T.blockMappingStart, this.line);
      }
      this.simpleKeyAllowed = this.flowLevel === 0;
    }
    this.#addIndicator(T.value);
  }

  #fetchBlockScalar(literal: boolean): void {
    this.#removeKey();
    this.simpleKeyAllowed = true;
    this.#add(scanBlockScalar(this, literal));
  }

  #fetchWith(scan: () => Token): void {
    this.#saveKey();
    this.simpleKeyAllowed = false;
    this.#add(scan());
  }

  #fetchName(type: TokenType): void {
    this.#saveKey();
    this.simpleKeyAllowed = false;
    const line = this.line;
    const start = ++this.position;
    while (isWord(this.code())) this.position++;
    const name = this.text.slice(start, this.position);
    if (name === '' || !(isBlankOrEnd(this.code()) || '?:,]}%@`'.includes(this.text.charAt(this.position)))) {
      throw scannerError(this.line, 'did not find expected alphabetic or numeric character');
    }
    this.#add(token(type, line, name));
  }

  #addIndicator(type: TokenType): void {
    this.#add(token(type, this.line));
    this.position++;
  }

  #insert(tokenNumber: number, item: Token): void {
    this.#tokens.splice(this.#head + tokenNumber - this.#taken, 0, item);
  }

  #rollIndent(column: number, tokenNumber: number, type: TokenType, line: number): void {
    if (this.flowLevel > 0 || this.indent >= column) return;
    this.#indents.push(this.indent);
    this.indent = column;
    if (this.#indents.length > MAX_DEPTH) throw scannerError(this.line, `exceeded max depth of ${MAX_DEPTH}`);
    const item = token(type, line);
    if (tokenNumber < 0) this.#add(item);
    else this.#insert(tokenNumber, item);
  }

  #unrollIndent(column: number): void {
    if (this.flowLevel > 0) return;
    while (this.indent > column) {
      this.#add(token(T.blockEnd, this.line));
      this.indent = this.#indents.pop() ?? -1;
    }
  }

  #topKey(): SimpleKey {
    return this.#keys[this.#keys.length - 1] as SimpleKey;
  }

  #isValid(key: SimpleKey): boolean {
    if (!key.possible) return false;
    if (key.line < this.line || key.position + 1024 < this.position) {
      if (key.required) throw scannerError(this.line, "could not find expected ':'", key.line);
      key.possible = false;
      return false;
    }
    return true;
  }

  #saveKey(): void {
    if (!this.simpleKeyAllowed) return;
    this.#removeKey();
    const key = this.#topKey();
    key.possible = true;
    key.required = this.flowLevel === 0 && this.indent === this.column;
    key.tokenNumber = this.#taken + this.#tokens.length - this.#head;
    key.position = this.position;
    key.line = this.line;
    key.column = this.column;
  }

  #removeKey(): void {
    const key = this.#topKey();
    if (key.possible && key.required) throw scannerError(this.line, "could not find expected ':'", key.line);
    key.possible = false;
  }
}

function noKey(): SimpleKey {
  return { possible: false, required: false, tokenNumber: 0, position: 0, line: 0, column: 0 };
}
