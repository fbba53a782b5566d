import { quoteString } from '../fmt/quote.ts';
import { isEmptyList, type ListNode, type Tree } from './node.ts';
import { type PipelineScope, parseString } from './parse-pipeline.ts';
import type { Token } from './token.ts';
import { failParse, failUnexpected, nextSolid } from './token-reader.ts';

/** The parse of one source. */
export interface Parser extends PipelineScope {
  readonly trees: Map<string, Tree>;
  rangeDepth: number;
}

export function isKeyword(token: Token, word: string): boolean {
  return token.type === 'keyword' && token.text === word;
}

/** Adds a template unless one of that name stands already; one of two must be empty. */
export function addTree(parser: Parser, name: string, root: ListNode): void {
  const other = parser.trees.get(name);
  if (other === undefined || isEmptyList(other.root)) {
    parser.trees.set(name, { name, source: parser.name, text: parser.text, root });
  } else if (!isEmptyList(root)) {
    failParse(parser, `template: multiple definition of template ${quoteString(name)}`);
  }
}

/** The quoted name of a template. */
export function parseTemplateName(parser: Parser, token: Token, context: string): string {
  if (token.type !== 'string' && token.type !== 'rawString') failUnexpected(parser, token, context);
  return parseString(parser, token);
}

export function expectRightDelim(parser: Parser, context: string): void {
  const token = nextSolid(parser);
  if (token.type !== 'rightDelim') failUnexpected(parser, token, context);
}
