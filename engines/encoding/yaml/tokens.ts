/** Kinds of tokens; plain numbers, because the parser compares them at every step. */
export const T = {
  streamEnd: 0,
  versionDirective: 1,
  tagDirective: 2,
  documentStart: 3,
  documentEnd: 4,
  blockSequenceStart: 5,
  blockMappingStart: 6,
  blockEnd: 7,
  flowSequenceStart: 8,
  flowSequenceEnd: 9,
  flowMappingStart: 10,
  flowMappingEnd: 11,
  blockEntry: 12,
  flowEntry: 13,
  key: 14,
  value: 15,
  alias: 16,
  anchor: 17,
  tag: 18,
  scalar: 19,
} as const;

export type TokenType = (typeof T)[keyof typeof T];

export interface Token {
  type: TokenType;
  /** Line where the token starts, from 0. */
  line: number;
  /** Text of a scalar, name of an anchor, handle of a tag, `major.minor` of a version. */
  value: string;
  /** Suffix of a tag, prefix of a tag directive, `>` of a folded scalar. */
  suffix: string;
  /** Whether a scalar is written without quotes and not as a block. */
  plain: boolean;
}

export function token(type: TokenType, line: number, value = '', suffix = '', plain = false): Token {
  return { type, line, value, suffix, plain };
}
