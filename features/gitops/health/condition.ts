import { errorMessage } from '@croft/foundation/errors';
import { compileExpression } from '@croft/schema/cel-rule';
import { toCelValue } from '@croft/schema/cel-values';

/** A CEL expression that says yes or no of some variables. Throws Error when it cannot be run on them, or says something else. */
export type Condition = (variables: Readonly<Record<string, unknown>>) => boolean;

/** A condition on variables of any name, given as JSON. Throws Error when the text is no CEL. */
export function compileCondition(text: string): Condition {
  const failure = (what: string, error: unknown) =>
    new Error(`the CEL expression '${text}' ${what}: ${errorMessage(error)}`, { cause: error });
  const parsed = compileExpression(text, []);
  if (parsed instanceof Error) throw failure('cannot be read', parsed);
  return (variables) => {
    const expression = compileExpression(text, Object.keys(variables).sort());
    if (expression instanceof Error) throw failure('cannot be read', expression);
    const answer = attempt(() => expression.run(toCelValue(variables, undefined) as never));
    if (answer instanceof Error) throw failure('failed', answer);
    if (typeof answer !== 'boolean')
      throw new Error(`the CEL expression '${text}' gives ${typeof answer}, not true or false`);
    return answer;
  };
}

function attempt(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}
