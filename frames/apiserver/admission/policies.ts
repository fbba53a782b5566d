import { StatusError } from '@croft/api/status';
import { forbidden } from '../failures.ts';
import type { Attributes } from './attributes.ts';
import type { AdmissionConfigurations, Policy, PolicyBinding } from './configurations.ts';
import { allHold, ExpressionError, evaluate, type Scope, scopeOf, withVariables } from './expressions.ts';
import { bindingsOf, noParams, paramsOf } from './policy-bindings.ts';

/** Why a policy refuses, with the reason of the Status. */
interface Finding {
  readonly message: string;
  readonly reason: string;
}

/** ValidatingAdmissionPolicies. Adds to the warnings of the write; throws StatusError when a policy denies it. */
export function validateByPolicies(configurations: AdmissionConfigurations, attributes: Attributes): void {
  for (const policy of configurations.policies) {
    for (const binding of bindingsOf(policy, configurations.bindings, attributes)) {
      applyBinding(policy, binding, attributes);
    }
  }
}

function applyBinding(policy: Policy, binding: PolicyBinding, attributes: Attributes): void {
  const actions = binding.spec?.validationActions ?? [];
  for (const { message, reason } of findingsOf(policy, binding, attributes)) {
    const by = `ValidatingAdmissionPolicy '${policy.metadata?.name}' with binding '${binding.metadata?.name}'`;
    if (actions.includes('Warn')) attributes.writing.warnings.push(`Validation failed for ${by}: ${message}`);
    if (actions.includes('Deny')) throw refusal(attributes, `${by} denied request: ${message}`, reason);
  }
}

function findingsOf(policy: Policy, binding: PolicyBinding, attributes: Attributes): Finding[] {
  const { spec = {} } = policy;
  const ignores = spec.failurePolicy === 'Ignore';
  const invalid = (message: string): Finding[] => (ignores ? [] : [{ message, reason: 'Invalid' }]);
  const params = paramsOf(policy, binding, attributes);
  if (params === undefined) return invalid(noParams);
  return params.flatMap((param) => {
    try {
      const scope = scopeOf(attributes, param);
      if (!allHold(spec.matchConditions ?? [], scope)) return [];
      return checkValidations(policy, withVariables(scope, spec.variables ?? []), ignores);
    } catch (error) {
      if (error instanceof ExpressionError) return invalid(error.message);
      throw error;
    }
  });
}

function checkValidations({ spec }: Policy, scope: Scope, ignores: boolean): Finding[] {
  return (spec?.validations ?? []).flatMap(({ expression, message, messageExpression, reason = 'Invalid' }) => {
    try {
      if (evaluate(expression, scope) === true) return [];
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error;
      const why = `expression '${expression}' resulted in error: ${error.message}`;
      return ignores ? [] : [{ message: why, reason: 'Invalid' }];
    }
    const said = messageExpression === undefined ? undefined : tryMessage(messageExpression, scope);
    return [{ message: said ?? (message?.trim() || `failed expression: ${expression.trim()}`), reason }];
  });
}

function tryMessage(expression: string, scope: Scope): string | undefined {
  try {
    const text = evaluate(expression, scope);
    return typeof text === 'string' && text.trim() !== '' && !/[\r\n]/.test(text) ? text.trim() : undefined;
  } catch (error) {
    if (error instanceof ExpressionError) return undefined;
    throw error;
  }
}

const codes: Readonly<Record<string, number>> = { Forbidden: 403, Unauthorized: 401, RequestEntityTooLarge: 413 };

function refusal({ writing, name }: Attributes, why: string, reason: string): StatusError {
  const { message, details } = forbidden(writing.served.resource, name, why).status;
  return new StatusError(codes[reason] ?? 422, reason, message ?? why, { ...details, causes: [{ message: why }] });
}
