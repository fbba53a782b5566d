import { readTokens } from './lexer.ts';
import type { ListNode, Node, Tree } from './node.ts';
import { parsePipeline } from './parse-pipeline.ts';
import { addTree, expectRightDelim, isKeyword, type Parser, parseTemplateName } from './parser.ts';
import type { Token } from './token.ts';
import { failParse, failUnexpected, nextSolid, peekSolid, peekToken } from './token-reader.ts';

export interface ParseOptions {
  /** Whether a name is that of a function. */
  readonly isFunction: (name: string) => boolean;
  readonly leftDelimiter?: string;
  readonly rightDelimiter?: string;
}

type End = 'end' | 'else';

/**
 * Parses a source into the template `name` and those that it defines, by the grammar of text/template/parse. Throws
 * TemplateParseError.
 */
export function parseTemplate(name: string, text: string, options: ParseOptions): Map<string, Tree> {
  const tokens = readTokens(text, options.leftDelimiter ?? '{{', options.rightDelimiter ?? '}}');
  const parser: Parser = {
    name,
    text,
    tokens,
    at: 0,
    seen: 0,
    actionStart: undefined,
    isFunction: options.isFunction,
    variables: ['$'],
    trees: new Map(),
    rangeDepth: 0,
  };
  const root: ListNode = { kind: 'list', at: 0, nodes: [] };
  while (peekToken(parser).type !== 'eof') parseTopLevel(parser, root);
  addTree(parser, name, root);
  return parser.trees;
}

function parseTopLevel(parser: Parser, root: ListNode): void {
  const start = parser.at;
  if (nextSolid(parser).type === 'leftDelim' && isKeyword(nextSolid(parser), 'define')) {
    parseDefinition(parser);
    return;
  }
  parser.at = start;
  const node = parseNode(parser);
  if (typeof node === 'string') failParse(parser, `unexpected {{${node}}}`);
  root.nodes.push(node);
}

function parseDefinition(parser: Parser): void {
  const context = 'define clause';
  const name = parseTemplateName(parser, nextSolid(parser), context);
  expectRightDelim(parser, context);
  addTree(parser, name, parseBody(parser, context));
}

/** The list of a template of its own, up to its end: it has no variables but `$`. */
function parseBody(parser: Parser, context: string): ListNode {
  const { variables, rangeDepth } = parser;
  parser.variables = ['$'];
  parser.rangeDepth = 0;
  const start = parser.seen;
  const { list, end } = parseList(parser);
  // What a block holds is parsed apart: for the parser of the block, its start is what was looked at last.
  if (context === 'block clause') parser.seen = start;
  if (end !== 'end') failParse(parser, `unexpected {{${end}}} in ${context}`);
  parser.variables = variables;
  parser.rangeDepth = rangeDepth;
  return list;
}

function parseList(parser: Parser): { list: ListNode; end: End; endAt: number } {
  const list: ListNode = { kind: 'list', at: peekSolid(parser).at, nodes: [] };
  while (peekSolid(parser).type !== 'eof') {
    const node = parseNode(parser);
    if (typeof node === 'string') return { list, end: node, endAt: parser.tokens[parser.at]?.at ?? parser.text.length };
    list.nodes.push(node);
  }
  parser.at = parser.tokens.length;
  return failParse(parser, 'unexpected EOF');
}

function parseNode(parser: Parser): Node | End {
  const token = nextSolid(parser);
  if (token.type === 'text') return { kind: 'text', at: token.at, text: token.text };
  if (token.type !== 'leftDelim') return failUnexpected(parser, token, 'input');
  parser.actionStart = token.at;
  const node = parseAction(parser);
  parser.actionStart = undefined;
  return node;
}

function parseAction(parser: Parser): Node | End {
  const token = nextSolid(parser);
  switch (token.type === 'keyword' ? token.text : '') {
    case 'if':
      return parseBranch(parser, 'if');
    case 'with':
      return parseBranch(parser, 'with');
    case 'range':
      return parseBranch(parser, 'range');
    case 'else':
      return parseElse(parser);
    case 'end':
      expectRightDelim(parser, 'end');
      return 'end';
    case 'template':
      return parseTemplateCall(parser);
    case 'block':
      return parseBlock(parser);
    case 'break':
      return parseLoopControl(parser, token, 'break');
    case 'continue':
      return parseLoopControl(parser, token, 'continue');
  }
  parser.at--;
  return { kind: 'action', at: token.at, pipe: parsePipeline(parser, 'command', 'rightDelim') };
}

/** Leaves the `if` of `else if` (or `with`) to be read by the branch that it continues. */
function parseElse(parser: Parser): End {
  const next = peekSolid(parser);
  if (!isKeyword(next, 'if') && !isKeyword(next, 'with')) expectRightDelim(parser, 'else');
  return 'else';
}

function parseBranch(parser: Parser, kind: 'if' | 'with' | 'range'): Node {
  const mark = parser.variables.length;
  const pipe = parsePipeline(parser, kind, 'rightDelim');
  if (kind === 'range') parser.rangeDepth++;
  const { list, end, endAt } = parseList(parser);
  if (kind === 'range') parser.rangeDepth--;
  let elseList: ListNode | undefined;
  if (end === 'else') {
    if (kind !== 'range' && isKeyword(peekToken(parser), kind)) {
      parser.at++;
      elseList = { kind: 'list', at: endAt, nodes: [parseBranch(parser, kind)] };
    } else {
      const rest = parseList(parser);
      if (rest.end !== 'end') failParse(parser, 'expected end; found {{else}}');
      elseList = rest.list;
    }
  }
  parser.variables.length = mark;
  return { kind, at: pipe.at, pipe, list, elseList };
}

function parseLoopControl(parser: Parser, token: Token, kind: 'break' | 'continue'): Node {
  const next = nextSolid(parser);
  if (next.type !== 'rightDelim') failUnexpected(parser, next, `{{${kind}}}`);
  if (parser.rangeDepth === 0) failParse(parser, `{{${kind}}} outside {{range}}`);
  return { kind, at: token.at };
}

function parseTemplateCall(parser: Parser): Node {
  const context = 'template clause';
  const token = nextSolid(parser);
  const name = parseTemplateName(parser, token, context);
  if (peekSolid(parser).type === 'rightDelim') {
    parser.at++;
    return { kind: 'template', at: token.at, name, pipe: undefined };
  }
  return { kind: 'template', at: token.at, name, pipe: parsePipeline(parser, context, 'rightDelim') };
}

function parseBlock(parser: Parser): Node {
  const context = 'block clause';
  const token = nextSolid(parser);
  const name = parseTemplateName(parser, token, context);
  const pipe = parsePipeline(parser, context, 'rightDelim');
  addTree(parser, name, parseBody(parser, context));
  return { kind: 'template', at: token.at, name, pipe };
}
