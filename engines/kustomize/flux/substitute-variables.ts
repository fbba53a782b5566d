import { type Part, parseExpression, type VariablePart } from './expression.ts';
import { applyOperator, isDefaultOperator } from './operators.ts';

export interface SubstituteOptions {
  /** Whether a variable that is not set is an error, unless the expression says what stands for it. */
  readonly strict?: boolean;
}

type Variables = ReadonlyMap<string, string>;

/**
 * Puts values for `${name}` and its forms (`${name:-text}`, `${name^^}`, `${name#pattern}`, `${name:0:3}`,
 * `${name//a/b}` and so on), as fluxcd/pkg/envsubst does; `$$` is one `$`. Throws with its words.
 */
export function substituteVariables(text: string, variables: Variables, options: SubstituteOptions = {}): string {
  return renderParts(parseExpression(text), variables, options.strict === true);
}

function renderParts(parts: readonly Part[], variables: Variables, strict: boolean): string {
  return parts.map((part) => (typeof part === 'string' ? part : renderVariable(part, variables, strict))).join('');
}

function renderVariable({ name, operator, args }: VariablePart, variables: Variables, strict: boolean): string {
  const texts = args.map((parts) => renderParts(parts, variables, strict));
  const value = variables.get(name);
  if (value === undefined && strict && !isDefaultOperator(operator)) {
    throw new Error(`variable not set (strict mode): ${JSON.stringify(name)}`);
  }
  return applyOperator(operator, value ?? '', texts);
}
