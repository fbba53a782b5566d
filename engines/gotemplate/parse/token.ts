import { quoteString } from '../fmt/quote.ts';

export type TokenType =
  | 'assign'
  | 'bool'
  | 'char'
  | 'charConstant'
  | 'complex'
  | 'declare'
  | 'dot'
  | 'eof'
  | 'error'
  | 'field'
  | 'identifier'
  | 'keyword'
  | 'leftDelim'
  | 'leftParen'
  | 'number'
  | 'pipe'
  | 'rawString'
  | 'rightDelim'
  | 'rightParen'
  | 'space'
  | 'string'
  | 'text'
  | 'variable';

export interface Token {
  readonly type: TokenType;
  readonly text: string;
  /** Where it starts in the source, in UTF-16 units. */
  readonly at: number;
}

export const keywords: ReadonlySet<string> = new Set([
  'block',
  'break',
  'continue',
  'define',
  'else',
  'end',
  'if',
  'nil',
  'range',
  'template',
  'with',
]);

/** A token as Go's parse errors show it. */
export function describeToken(token: Token): string {
  if (token.type === 'eof') return 'EOF';
  if (token.type === 'error') return token.text;
  if (token.type === 'keyword' || token.type === 'dot') return `<${token.text}>`;
  const text = token.type === 'rightDelim' ? token.text.replace(/^\s-/, '') : token.text;
  const runes = Array.from(text);
  return text.length > 10 ? `${quoteString(runes.slice(0, 10).join(''))}...` : quoteString(text);
}
