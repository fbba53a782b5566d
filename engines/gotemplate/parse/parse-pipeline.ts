import { quoteString } from '../fmt/quote.ts';
import { type CommandNode, describeNode, type Operand, type PipeNode, type VariableNode } from './node.ts';
import { parseNumber } from './parse-number.ts';
import type { Token } from './token.ts';
import {
  failParse,
  failUnexpected,
  nextSolid,
  nextToken,
  peekSolid,
  peekToken,
  type TokenReader,
} from './token-reader.ts';
import { unquoteString } from './unquote.ts';

/** What a pipeline may refer to. */
export interface PipelineScope extends TokenReader {
  readonly isFunction: (name: string) => boolean;
  /** Names of the variables in scope, with their dollar sign; grows with every declaration. */
  variables: string[];
}

/** Most pipelines have no declaration and one command: lists are made as they are needed. */
const none: never[] = [];

/** Parses up to and with the token that ends the pipeline. `context` names the clause in errors. */
export function parsePipeline(scope: PipelineScope, context: string, end: 'rightDelim' | 'rightParen'): PipeNode {
  const first = peekSolid(scope);
  const pipe: PipeNode = { kind: 'pipe', at: first.at, declarations: none, isAssignment: false, commands: none };
  while (parseDeclaration(scope, pipe, context));
  for (;;) {
    const token = nextSolid(scope);
    if (token.type === end) break;
    if (!startsOperand(token)) failUnexpected(scope, token, context);
    scope.at--;
    const command = parseCommand(scope);
    if (pipe.commands.length > 0) pipe.commands.push(command);
    else pipe.commands = [command];
  }
  checkPipeline(scope, pipe, context);
  return pipe;
}

/** Reads `$name :=`, `$name =` or the `$name,` of a range, whose second variable may follow: then true. */
function parseDeclaration(scope: PipelineScope, pipe: PipeNode, context: string): boolean {
  const start = scope.at;
  const name = peekSolid(scope);
  if (name.type !== 'variable') return false;
  nextToken(scope);
  const next = nextSolid(scope);
  const isComma = next.type === 'char' && next.text === ',';
  if (next.type !== 'assign' && next.type !== 'declare' && !isComma) {
    scope.at = start;
    return false;
  }
  if (!isComma) pipe.isAssignment = next.type === 'assign';
  pipe.declarations = [...pipe.declarations, variableNode(name)];
  scope.variables.push(name.text);
  if (!isComma) return false;
  if (context === 'range' && pipe.declarations.length < 2) {
    const after = peekSolid(scope).type;
    if (after === 'variable' || after === 'rightDelim' || after === 'rightParen') return true;
    failParse(scope, 'range can only initialize variables');
  }
  return failParse(scope, `too many declarations in ${context}`);
}

function checkPipeline(scope: PipelineScope, pipe: PipeNode, context: string): void {
  if (pipe.commands.length === 0) failParse(scope, `missing value for ${context}`);
  const stage = pipe.commands.findIndex((command, i) => i > 0 && isValue(command.operands[0]));
  if (stage > 0) failParse(scope, `non executable command in pipeline stage ${stage + 1}`);
}

function isValue(operand: Operand | undefined): boolean {
  return operand !== undefined && ['bool', 'dot', 'nil', 'number', 'string'].includes(operand.kind);
}

function startsOperand(token: Token): boolean {
  switch (token.type) {
    case 'bool':
    case 'charConstant':
    case 'complex':
    case 'dot':
    case 'field':
    case 'identifier':
    case 'leftParen':
    case 'number':
    case 'rawString':
    case 'string':
    case 'variable':
      return true;
    default:
      return token.type === 'keyword' && token.text === 'nil';
  }
}

function parseCommand(scope: PipelineScope): CommandNode {
  const { at } = peekSolid(scope);
  let operands: Operand[] | undefined;
  for (;;) {
    peekSolid(scope);
    const operand = parseOperand(scope);
    if (operand !== undefined && operands === undefined) operands = [operand];
    else if (operand !== undefined) operands?.push(operand);
    const token = nextToken(scope);
    if (token.type === 'space') continue;
    if (token.type === 'rightDelim' || token.type === 'rightParen') scope.at--;
    else if (token.type !== 'pipe') failUnexpected(scope, token, 'operand');
    break;
  }
  return operands === undefined ? failParse(scope, 'empty command') : { kind: 'command', at, operands };
}

/** A term and the fields that directly follow it. */
function parseOperand(scope: PipelineScope): Operand | undefined {
  const term = parseTerm(scope);
  const first = peekToken(scope);
  if (term === undefined || first.type !== 'field') return term;
  const fields: string[] = [];
  while (peekToken(scope).type === 'field') fields.push(nextToken(scope).text.slice(1));
  switch (term.kind) {
    case 'field':
      return { kind: 'field', at: first.at, fields: [...term.fields, ...fields] };
    case 'variable':
      return { kind: 'variable', at: first.at, name: term.name, fields: [...term.fields, ...fields] };
    case 'bool':
    case 'string':
    case 'number':
    case 'nil':
    case 'dot':
      return failParse(scope, `unexpected . after term ${quoteString(describeNode(term))}`);
    default:
      return { kind: 'chain', at: first.at, of: term, fields };
  }
}

function parseTerm(scope: PipelineScope): Operand | undefined {
  const token = nextSolid(scope);
  const at = token.at;
  switch (token.type) {
    case 'identifier':
      if (!scope.isFunction(token.text)) failParse(scope, `function ${quoteString(token.text)} not defined`);
      return { kind: 'identifier', at, name: token.text };
    case 'dot':
      return { kind: 'dot', at };
    case 'variable':
      if (scope.variables.includes(token.text)) return variableNode(token);
      return failParse(scope, `undefined variable ${quoteString(token.text)}`);
    case 'field':
      return { kind: 'field', at, fields: [token.text.slice(1)] };
    case 'bool':
      return { kind: 'bool', at, value: token.text === 'true' };
    case 'charConstant':
    case 'complex':
    case 'number':
      return numberNode(scope, token);
    case 'leftParen':
      return parsePipeline(scope, 'parenthesized pipeline', 'rightParen');
    case 'string':
    case 'rawString':
      return { kind: 'string', at, quoted: token.text, value: parseString(scope, token) };
  }
  if (token.type === 'keyword' && token.text === 'nil') return { kind: 'nil', at };
  scope.at--;
  return undefined;
}

function variableNode(token: Token): VariableNode {
  return { kind: 'variable', at: token.at, name: token.text, fields: [] };
}

function numberNode(scope: PipelineScope, token: Token): Operand {
  const values = parseNumber(token.text, token.type === 'complex');
  if (typeof values === 'string') return failParse(scope, values);
  return { kind: 'number', at: token.at, text: token.text, ...values };
}

/** The value of a quoted string. */
export function parseString(scope: TokenReader, token: Token): string {
  return unquoteString(token.text) ?? failParse(scope, 'invalid syntax');
}
