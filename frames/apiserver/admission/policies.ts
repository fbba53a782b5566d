import { parseApiVersion } from '@croft/api/kind';
import { matchesLabelSelector } from '@croft/api/label-selector';
import type { UnknownObject } from '@croft/api/object';
import { StatusError } from '@croft/api/status';
import { forbidden } from '../failures.ts';
import { parseEntry, rangePrefix } from '../served-resource.ts';
import type { Attributes } from './attributes.ts';
import type { AdmissionConfigurations, MatchResources, Policy, PolicyBinding } from './configurations.ts';
import { allHold, ExpressionError, evaluate, type Scope, scopeOf, withVariables } from './expressions.ts';
import { matchesRule, matchesSelectors } from './match.ts';

/** Why a policy refuses, with the reason of the Status. */
interface Finding {
  readonly message: string;
  readonly reason: string;
}

/** ValidatingAdmissionPolicies. Adds to the warnings of the write; throws StatusError when a policy denies it. */
export function validateByPolicies(configurations: AdmissionConfigurations, attributes: Attributes): void {
  for (const policy of configurations.policies) {
    if (!isConcerned(policy.spec?.matchConstraints, attributes)) continue;
    const bindings = configurations.bindings.filter(({ spec }) => spec?.policyName === policy.metadata?.name);
    for (const binding of bindings) applyBinding(policy, binding, attributes);
  }
}

function applyBinding(policy: Policy, binding: PolicyBinding, attributes: Attributes): void {
  if (binding.spec?.matchResources !== undefined && !isBound(binding.spec.matchResources, attributes)) return;
  const actions = binding.spec?.validationActions ?? [];
  for (const { message, reason } of findingsOf(policy, binding, attributes)) {
    const by = `ValidatingAdmissionPolicy '${policy.metadata?.name}' with binding '${binding.metadata?.name}'`;
    if (actions.includes('Warn')) attributes.writing.warnings.push(`Validation failed for ${by}: ${message}`);
    if (actions.includes('Deny')) throw refusal(attributes, `${by} denied request: ${message}`, reason);
  }
}

/** The rules of a binding only narrow those of the policy. */
function isBound(resources: MatchResources, attributes: Attributes): boolean {
  const { resourceRules = [] } = resources;
  const rules = resourceRules.length === 0 ? [everything] : resourceRules;
  return isConcerned({ ...resources, resourceRules: rules }, attributes);
}

const everything = { operations: ['*'], apiGroups: ['*'], apiVersions: ['*'], resources: ['*/*'] };

function isConcerned(resources: MatchResources | undefined, attributes: Attributes): boolean {
  if (resources === undefined) return false;
  const { resourceRules = [], excludeResourceRules = [], matchPolicy } = resources;
  const matches = (rule: (typeof resourceRules)[number]) => matchesRule(rule, matchPolicy, attributes);
  return resourceRules.some(matches) && !excludeResourceRules.some(matches) && matchesSelectors(resources, attributes);
}

function findingsOf(policy: Policy, binding: PolicyBinding, attributes: Attributes): Finding[] {
  const { spec = {} } = policy;
  const ignores = spec.failurePolicy === 'Ignore';
  const invalid = (message: string): Finding[] => (ignores ? [] : [{ message, reason: 'Invalid' }]);
  const params = spec.paramKind === undefined ? [undefined] : paramsOf(spec.paramKind, binding, attributes);
  if (params.length === 0) {
    if (binding.spec?.paramRef?.parameterNotFoundAction === 'Allow') return [];
    return invalid(
      'failed to configure binding: no params found for policy binding with `Deny` parameterNotFoundAction',
    );
  }
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

/** The objects that a binding names as parameters; those of a namespaced kind in the object's namespace by default. */
function paramsOf(
  { apiVersion, kind }: { apiVersion: string; kind: string },
  { spec }: PolicyBinding,
  { writing }: Attributes,
): UnknownObject[] {
  const { core } = writing;
  const { group, version } = parseApiVersion(apiVersion);
  const served = core.resources
    .all()
    .find(({ resource }) => resource.group === group && resource.version === version && resource.kind === kind);
  const { name, namespace = writing.namespace, selector } = spec?.paramRef ?? {};
  if (served === undefined) return [];
  const objects = core.store.range(rangePrefix(served, namespace)).entries.map(parseEntry);
  return objects.filter(({ metadata }) =>
    name === undefined ? matchesLabelSelector(selector, metadata?.labels) : metadata?.name === name,
  );
}

const codes: Readonly<Record<string, number>> = { Forbidden: 403, Unauthorized: 401, RequestEntityTooLarge: 413 };

function refusal({ writing, name }: Attributes, why: string, reason: string): StatusError {
  const { message, details } = forbidden(writing.served.resource, name, why).status;
  return new StatusError(codes[reason] ?? 422, reason, message ?? why, { ...details, causes: [{ message: why }] });
}
