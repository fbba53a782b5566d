import type { KubeObject, Stored } from '@croft/api/object';
import { errorMessage } from '@croft/foundation/errors';
import { compileExpression, type Expression } from '@croft/schema/cel-rule';
import { toCelValue } from '@croft/schema/cel-values';

/** What one run may cost, counted in parts of the request that are looked at. */
const mostCost = 10_000_000;

/** Whether an object is to be reconciled because of a request. Throws where the expression cannot tell. */
export type ResourceFilter = (object: Stored<KubeObject>) => boolean;

/** The CEL expression of a `resourceFilter` or `filter`. Throws when it is none, or its result is no boolean. */
export function parseFilter(text: string): Expression {
  const expression = compileExpression(text, ['res', 'req']);
  const type = expression instanceof Error ? expression : expression.checkType();
  if (expression instanceof Error || type instanceof Error)
    throw new Error(`the CEL expression '${text}' is not valid: ${firstLine(type)}`);
  if (type !== 'bool') throw new Error(`the CEL expression '${text}' must give a bool, not ${type}`);
  return expression;
}

/** The filter that needs all of the expressions to be true for `req`, the parsed body of the request. */
export function createFilter(expressions: readonly string[], req: unknown): ResourceFilter {
  const parsed = expressions.map((text) => ({ text, expression: parseFilter(text) }));
  const request = toCelValue(req, undefined);
  const parts = countParts(req);
  return ({ apiVersion, kind, metadata }) => {
    const res = toCelValue({ apiVersion, kind, metadata }, undefined);
    return parsed.every(({ text, expression }) => {
      if (expression.cost(parts) > mostCost) throw new Error(`the CEL expression '${text}' costs too much here`);
      try {
        return expression.run({ res, req: request }) === true;
      } catch (error) {
        throw new Error(`the CEL expression '${text}' failed: ${firstLine(error)}`);
      }
    });
  };
}

function firstLine(error: unknown): string {
  return errorMessage(error).split('\n')[0] ?? '';
}

function countParts(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 1;
  return Object.values(value).reduce<number>((sum, item) => sum + countParts(item), 1);
}
