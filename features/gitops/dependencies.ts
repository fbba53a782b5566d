import { formatKey, type KubeObject, keyOf, type ObjectKey, type Stored } from '@croft/api/object';
import { isTrue } from '@croft/controller/conditions';
import { StalledError, WaitingError } from '@croft/controller/outcome';
import type { ReconciledObject } from '@croft/controller/reconcile-steps';
import { errorMessage } from '@croft/foundation/errors';
import { type Condition, compileCondition } from './health/condition.ts';
import type { Dependency } from './types.ts';

interface Dependant extends ReconciledObject {
  spec?: { suspend?: boolean; dependsOn?: Dependency[] };
}

/** Its dependants hear of a dependency at once; this is for what no watch tells. */
const lookAgainMs = 30_000;

/**
 * Throws WaitingError naming the first dependency that is not ready: by its `readyExpr` where it has one, by its Ready
 * condition otherwise; `isBehind` says whether a ready one has yet to follow what the dependant follows already.
 */
export function checkDependencies<T extends Dependant>(
  self: Stored<T>,
  find: (key: ObjectKey) => Stored<T> | undefined,
  isBehind: (dependency: Stored<T>) => boolean = () => false,
): void {
  for (const { name, namespace = self.metadata.namespace, readyExpr } of self.spec?.dependsOn ?? []) {
    const what = `dependency '${formatKey({ namespace, name })}'`;
    const dependency = find({ namespace, name });
    const unready = (why: string) => new WaitingError('DependencyNotReady', `${what} ${why}`, lookAgainMs);
    if (dependency === undefined) throw unready('not found');
    if (readyExpr !== undefined) {
      if (!evaluate(readyExpr, self, dependency)) throw unready('is not ready according to readyExpr eval');
    } else if (!isReady(dependency)) throw unready('is not ready');
    else if (isBehind(dependency)) throw unready('revision is not up to date');
  }
}

/** The objects that depend on this one. */
export function dependantsOf<T extends Dependant>(object: Stored<T>, all: readonly Stored<T>[]): ObjectKey[] {
  const key = formatKey(keyOf(object));
  return all
    .filter(({ metadata, spec }) =>
      spec?.dependsOn?.some(({ name, namespace = metadata.namespace }) => formatKey({ namespace, name }) === key),
    )
    .map(keyOf);
}

function isReady({ metadata, status }: Stored<Dependant>): boolean {
  return isTrue(status?.conditions, 'Ready') && status?.observedGeneration === metadata.generation;
}

function evaluate(readyExpr: string, self: Stored<KubeObject>, dep: Stored<KubeObject>): boolean {
  let condition: Condition;
  try {
    condition = compileCondition(readyExpr);
  } catch (error) {
    throw new StalledError('InvalidCELExpression', `spec.dependsOn: ${errorMessage(error)}`);
  }
  try {
    return condition({ self, dep });
  } catch {
    return false; // fields that are not there yet
  }
}
