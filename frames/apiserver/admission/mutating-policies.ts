import type { UnknownObject } from '@croft/api/object';
import { StatusError } from '@croft/api/status';
import { isJsonObject, jsonEqual } from '@croft/foundation/json';
import { findTypeErrors } from '@croft/patch/check-type';
import { findAtomicFields } from '@croft/patch/find-atomic-fields';
import { applyJsonPatch } from '@croft/patch/json-patch';
import { mergeFields } from '@croft/patch/merge-fields';
import { PatchConflict } from '@croft/patch/patch-error';
import { writeObjectsAsMaps } from '@croft/schema/cel-objects';
import { fromCelValue } from '@croft/schema/cel-values';
import { decodeAs } from '../decode.ts';
import { forbidden, internal } from '../failures.ts';
import type { Attributes } from './attributes.ts';
import type { AdmissionConfigurations, MutatingPolicy, Mutation, PolicyBinding } from './configurations.ts';
import { allHold, ExpressionError, evaluate, type Scope, scopeOf, withVariables } from './expressions.ts';
import { bindingsOf, noParams, paramsOf } from './policy-bindings.ts';

/**
 * The object as MutatingAdmissionPolicies want it, one after the other. Those that are invoked again where it is needed
 * see once more what later ones changed; `only` leaves out all others. Throws StatusError.
 */
export function mutateByPolicies(
  { mutatingPolicies, mutatingBindings }: AdmissionConfigurations,
  attributes: Attributes & { object: UnknownObject },
  only?: 'IfNeeded',
): UnknownObject {
  const policies = mutatingPolicies.filter(({ spec }) => only === undefined || spec?.reinvocationPolicy === only);
  let { object } = attributes;
  const invoke = (policy: MutatingPolicy) => {
    for (const binding of bindingsOf(policy, mutatingBindings, { ...attributes, object })) {
      object = applyBinding(policy, binding, { ...attributes, object });
    }
  };
  const seen = policies.map((policy) => {
    invoke(policy);
    return object;
  });
  for (const [index, policy] of policies.entries()) {
    if (policy.spec?.reinvocationPolicy === 'IfNeeded' && !jsonEqual(seen[index], object)) invoke(policy);
  }
  return object;
}

function applyBinding(
  policy: MutatingPolicy,
  binding: PolicyBinding,
  attributes: Attributes & { object: UnknownObject },
): UnknownObject {
  const { spec = {} } = policy;
  let { object } = attributes;
  try {
    const params = paramsOf(policy, binding, attributes);
    if (params === undefined) throw new ExpressionError(noParams);
    for (const param of params) {
      const scopeNow = () => withVariables(scopeOf({ ...attributes, object }, param), spec.variables ?? []);
      if (!allHold(spec.matchConditions ?? [], scopeOf({ ...attributes, object }, param))) continue;
      for (const mutation of spec.mutations ?? []) object = mutate(mutation, { ...attributes, object }, scopeNow());
    }
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    if (spec.failurePolicy !== 'Ignore') throw refusal(policy, binding, attributes, error.message);
  }
  return object;
}

function mutate(
  { patchType, applyConfiguration, jsonPatch }: Mutation,
  { object, writing }: Attributes & { object: UnknownObject },
  scope: Scope,
): UnknownObject {
  const expression = patchType === 'JSONPatch' ? jsonPatch?.expression : applyConfiguration?.expression;
  const value = fromCelValue(run(expression ?? '', scope));
  const { served } = writing;
  const patched =
    patchType === 'JSONPatch' ? applyOperations(object, value) : applyFields(object, value, served.rules.fieldType());
  if (patched === object) return object;
  const { object: decoded } = decodeAs(served, patched, (why) => internal(why));
  served.rules.default(decoded);
  return decoded;
}

function run(expression: string, scope: Scope): unknown {
  try {
    return evaluate(writeObjectsAsMaps(expression), scope);
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    throw new ExpressionError(`expression '${expression}' resulted in error: ${error.message}`);
  }
}

/** Where a test does not hold nothing is changed. */
function applyOperations(object: UnknownObject, operations: unknown): UnknownObject {
  try {
    return applyJsonPatch(object, operations);
  } catch (error) {
    if (!(error instanceof StatusError)) throw error;
    const why = error instanceof PatchConflict ? String(error.cause) : error.message;
    if (why.startsWith('testing value')) return object;
    throw new ExpressionError(`JSON Patch: ${why}`);
  }
}

/** As server-side apply lays a configuration over an object, without owners; lists and maps that are one are left. */
function applyFields(object: UnknownObject, value: unknown, type: Parameters<typeof mergeFields>[2]): UnknownObject {
  if (!isJsonObject(value)) throw new ExpressionError('unsupported return type from ApplyConfiguration expression');
  const { apiVersion, kind } = object;
  const applied = { ...value, apiVersion, kind };
  const errors = findTypeErrors(applied, type);
  if (errors !== undefined) {
    throw new ExpressionError(`error applying patch: failed to convert patch object to typed object: ${errors}`);
  }
  const atomic = findAtomicFields(applied, type);
  if (atomic.length > 0) {
    const why = `may not mutate atomic arrays, maps or structs: ${atomic.join(', ')}`;
    throw new ExpressionError(`error applying patch: invalid ApplyConfiguration: ${why}`);
  }
  return mergeFields(object, applied, type);
}

function refusal(
  { metadata }: MutatingPolicy,
  binding: PolicyBinding,
  { writing, name }: Attributes,
  why: string,
): StatusError {
  const said = `policy '${metadata?.name}' with binding '${binding.metadata?.name}' denied request: ${why}`;
  const { details } = forbidden(writing.served.resource, name, said).status;
  return new StatusError(403, 'Invalid', said, { ...details, causes: [{ message: said }] });
}
