import type { UnknownObject } from '@croft/api/object';
import { errorMessage } from '@croft/foundation/errors';
import { compileExpression } from '@croft/schema/cel-rule';
import { toCelValue } from '@croft/schema/cel-values';
import { type Attributes, renderRequest } from './attributes.ts';
import type { Condition } from './configurations.ts';
import { findNamespace } from './match.ts';

/** What expressions of webhooks and policies can use. */
const names = ['object', 'oldObject', 'request', 'params', 'namespaceObject', 'variables'] as const;

export type Scope = Readonly<Record<(typeof names)[number], unknown>>;

/** An expression that cannot be compiled, fails, or gives what it should not. */
export class ExpressionError extends Error {
  override readonly name = 'ExpressionError';
}

export function scopeOf(attributes: Attributes, params: UnknownObject | undefined): Scope {
  const value = (object: unknown) => (object === undefined ? null : toCelValue(object, undefined));
  return {
    object: value(attributes.object),
    oldObject: value(attributes.old),
    request: value(renderRequest(attributes)),
    params: value(params),
    namespaceObject: value(findNamespace(attributes)),
    variables: {},
  };
}

/** The scope with `variables`, each of which may use those before it. Throws ExpressionError. */
export function withVariables(scope: Scope, variables: readonly Condition[]): Scope {
  const values: Record<string, unknown> = {};
  const extended = { ...scope, variables: values };
  for (const { name, expression } of variables) values[name] = evaluate(expression, extended);
  return extended;
}

/** Throws ExpressionError. */
export function evaluate(text: string, scope: Scope): unknown {
  const expression = compileExpression(text, names);
  if (expression instanceof Error) throw new ExpressionError(`compilation failed: ${expression.message}`);
  try {
    return expression.run(scope);
  } catch (error) {
    const summary = error instanceof Error && 'summary' in error ? String(error.summary) : errorMessage(error);
    throw new ExpressionError(summary.charAt(0).toLowerCase() + summary.slice(1));
  }
}

/** Whether all conditions hold; the first that is false decides. Throws ExpressionError. */
export function allHold(conditions: readonly Condition[], scope: Scope): boolean {
  return conditions.every(({ name, expression }) => {
    const value = evaluate(expression, scope);
    if (typeof value !== 'boolean') throw new ExpressionError(`condition ${name} does not give true or false`);
    return value;
  });
}
