import type { KubeObject, Stored } from '@croft/api/object';
import { StalledError } from '@croft/controller/outcome';
import { errorMessage } from '@croft/foundation/errors';
import type { Readiness } from '@croft/release/kstatus';
import { readinessOf } from '@croft/release/readiness';
import type { HealthCheckExpression } from '../types.ts';
import { type Condition, compileCondition } from './condition.ts';

/** How far an object is; undefined stands for one that does not exist. */
export type HealthRule = (object: Stored<KubeObject> | undefined) => Readiness;

interface CustomRule {
  inProgress: Condition | undefined;
  failed: Condition | undefined;
  current: Condition;
}

/** kstatus' rules, and those of the expressions for the kinds that have some. Throws StalledError on what is no CEL. */
export function createHealthRule(expressions: readonly HealthCheckExpression[] = []): HealthRule {
  const rules = new Map(
    expressions.map((rule, index) => [`${rule.apiVersion} ${rule.kind}`, compileRule(rule, index)]),
  );
  return (object) => {
    if (object === undefined) return { status: 'InProgress', message: 'does not exist' };
    const rule = rules.get(`${object.apiVersion} ${object.kind}`);
    return rule === undefined ? readinessOf(object) : evaluate(rule, object);
  };
}

function compileRule({ current, inProgress, failed }: HealthCheckExpression, index: number): CustomRule {
  const compile = (field: string, text: string): Condition => {
    try {
      return compileCondition(text);
    } catch (error) {
      throw new StalledError(
        'InvalidCELExpression',
        `spec.healthCheckExprs[${index}].${field}: ${errorMessage(error)}`,
      );
    }
  };
  return {
    inProgress: inProgress ? compile('inProgress', inProgress) : undefined,
    failed: failed ? compile('failed', failed) : undefined,
    current: compile('current', current),
  };
}

/** The order of Flux's RFC 9: an old generation, inProgress, failed, current; in progress when none is true. */
function evaluate(rule: CustomRule, object: Stored<KubeObject>): Readiness {
  const { status } = object as { status?: { observedGeneration?: unknown } };
  const observed = status?.observedGeneration;
  if (typeof observed === 'number' && observed !== object.metadata.generation)
    return { status: 'InProgress', message: `generation ${object.metadata.generation} has not been looked at yet` };
  const variables = object as unknown as Record<string, unknown>;
  try {
    if (rule.inProgress?.(variables)) return { status: 'InProgress', message: 'the expression inProgress is true' };
    if (rule.failed?.(variables)) return { status: 'Failed', message: 'the expression failed is true' };
    if (rule.current(variables)) return { status: 'Current', message: '' };
  } catch (error) {
    return { status: 'InProgress', message: errorMessage(error) };
  }
  return { status: 'InProgress', message: 'the expression current is not true' };
}
