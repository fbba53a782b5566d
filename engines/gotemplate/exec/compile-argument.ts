import type { Operand } from '../parse/node.ts';
import { ANY, type GoType, RAW } from '../type.ts';
import { assignmentTo } from './assign.ts';
import { compileConstantArgument, compileNilArgument } from './compile-constant.ts';
import type { Expression } from './frame.ts';
import { lastVisited } from './place.ts';
import { placeOf, type Scope } from './scope.ts';

/** An operand as the argument for a parameter of this type. */
export function compileArgument(scope: Scope, operand: Operand, type: GoType): Expression {
  switch (operand.kind) {
    case 'bool':
    case 'string':
    case 'number':
      return compileConstantArgument(scope, operand, type);
    case 'nil':
      return compileNilArgument(scope, operand, type);
  }
  const value = scope.compileOperand(scope, operand);
  if (type === RAW) return value;
  if (type === ANY) {
    return (frame) => {
      const result = value(frame);
      return result === undefined ? null : result;
    };
  }
  const assign = assignmentTo(type);
  const place = placeOf(scope, lastVisited(operand));
  return (frame) => assign(value(frame), place);
}
