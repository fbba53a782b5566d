import type { BoolNode, LiteralNode, NumberNode, StringNode } from '../parse/node.ts';
import { describeNode } from '../parse/node.ts';
import { canBeNil, zeroValue } from '../reflect/zero.ts';
import { ANY, COMPLEX128, FLOAT64, type GoType, INT, RAW, STRING } from '../type.ts';
import { GoNumber, GoString, type Value } from '../value.ts';
import type { Expression } from './frame.ts';
import { failAt } from './place.ts';
import { placeOf, type Scope } from './scope.ts';

type Constant = BoolNode | StringNode | NumberNode;

/** A constant where nothing says its type: its syntax does (text/template's idealConstant). */
export function compileConstant(scope: Scope, node: Constant): Expression {
  if (node.kind !== 'number') return always(node.value);
  const value = numberValue(node);
  if (value !== undefined) return always(value);
  const place = placeOf(scope, node);
  return () => failAt(place, `${node.text} overflows int`);
}

function always(value: Value): Expression {
  return () => value;
}

function numberValue(node: NumberNode): Value | undefined {
  const { text, complex, float, int } = node;
  if (complex !== undefined) return new GoNumber(COMPLEX128, complex);
  const isHexInteger = /^0[xX]/.test(text) && !/[pP]/.test(text);
  if (float !== undefined && !isHexInteger && !text.startsWith("'") && /[.eEpP]/.test(text)) return float;
  return int;
}

/** A constant as the argument of a function: it must be of the parameter's kind. */
export function compileConstantArgument(scope: Scope, node: Constant, type: GoType): Expression {
  if (type === ANY || type === RAW) return compileConstant(scope, node);
  const value = constantOf(node, type);
  if (value !== undefined) return always(value);
  const place = placeOf(scope, node);
  const expected = expectedKind(type);
  if (expected === undefined)
    return () => failAt(place, `can't handle ${describeNode(node)} for arg of type ${type.name}`);
  return () => failAt(place, `expected ${expected}; found ${describeNode(node)}`);
}

function constantOf(node: Constant, type: GoType): Value | undefined {
  if (type.kind === 'bool') return node.kind === 'bool' ? node.value : undefined;
  if (type.kind === 'string') {
    if (node.kind !== 'string') return undefined;
    return type === STRING ? node.value : new GoString(type, node.value);
  }
  return node.kind === 'number' ? numberOf(node, type) : undefined;
}

function numberOf(node: NumberNode, type: GoType): Value | undefined {
  const kind = expectedKind(type);
  if (kind === 'integer' && node.int !== undefined) return type === INT ? node.int : new GoNumber(type, node.int);
  if (kind === 'unsigned integer' && node.uint !== undefined) return new GoNumber(type, node.uint);
  if (kind === 'float' && node.float !== undefined)
    return type === FLOAT64 ? node.float : new GoNumber(type, node.float);
  if (kind === 'complex' && node.complex !== undefined) return new GoNumber(type, node.complex);
  return undefined;
}

/** What errors call the kind of constant that a parameter takes; undefined when it takes none. */
function expectedKind(type: GoType): string | undefined {
  if (type.kind === 'bool' || type.kind === 'string') return type.kind;
  if (type.kind.startsWith('uint')) return 'unsigned integer';
  if (type.kind.startsWith('int') && type.kind !== 'interface') return 'integer';
  if (type.kind.startsWith('float')) return 'float';
  if (type.kind.startsWith('complex')) return 'complex';
  return undefined;
}

/** The constant nil as an argument. */
export function compileNilArgument(scope: Scope, node: LiteralNode, type: GoType): Expression {
  if (type === RAW) return () => undefined;
  if (canBeNil(type)) {
    const nil = zeroValue(type);
    return () => nil;
  }
  const place = placeOf(scope, node);
  return () => failAt(place, `cannot assign nil to ${type.name}`);
}
