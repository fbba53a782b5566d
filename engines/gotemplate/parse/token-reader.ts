import { TemplateParseError } from '../errors.ts';
import { describeToken, type Token } from './token.ts';

/** What a parse of one source knows as it goes. */
export interface TokenReader {
  readonly name: string;
  readonly text: string;
  readonly tokens: readonly Token[];
  at: number;
  /** The furthest token that was looked at: errors name its line. */
  seen: number;
  /** The start of the action that is being parsed, for errors inside it. */
  actionStart: number | undefined;
}

const end: Token = { type: 'eof', text: '', at: 0 };

export function nextToken(reader: TokenReader): Token {
  const token = peekToken(reader);
  if (reader.at < reader.tokens.length) reader.at++;
  return token;
}

export function peekToken(reader: TokenReader): Token {
  if (reader.at > reader.seen) reader.seen = reader.at;
  return reader.tokens[reader.at] ?? reader.tokens[reader.tokens.length - 1] ?? end;
}

/** The next token that is no space. */
export function nextSolid(reader: TokenReader): Token {
  skipSpace(reader);
  return nextToken(reader);
}

export function peekSolid(reader: TokenReader): Token {
  skipSpace(reader);
  return peekToken(reader);
}

function skipSpace(reader: TokenReader): void {
  while (peekToken(reader).type === 'space') reader.at++;
}

/** Fails with Go's words at the line of the token looked at last. */
export function failParse(reader: TokenReader, problem: string): never {
  const last = reader.tokens[Math.min(reader.seen, reader.tokens.length - 1)] ?? end;
  throw new TemplateParseError(`template: ${reader.name}:${lineAt(reader.text, last.at)}: ${problem}`);
}

export function failUnexpected(reader: TokenReader, token: Token, context: string): never {
  if (token.type !== 'error') return failParse(reader, `unexpected ${describeToken(token)} in ${context}`);
  let started = '';
  if (reader.actionStart !== undefined) {
    const line = lineAt(reader.text, reader.actionStart);
    if (line !== lineAt(reader.text, token.at)) {
      started = ` ${token.text.endsWith(' action') ? '' : 'in action '}started at ${reader.name}:${line}`;
    }
  }
  return failParse(reader, token.text + started);
}

/** The line of an offset, from 1. */
function lineAt(text: string, at: number): number {
  let line = 1;
  for (let i = text.indexOf('\n'); i >= 0 && i < at; i = text.indexOf('\n', i + 1)) line++;
  return line;
}
