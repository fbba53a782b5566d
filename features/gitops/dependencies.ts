import type { Kind } from '@croft/api/kind';
import { formatKey, type KubeObject, keyOf, type ObjectKey, type Stored } from '@croft/api/object';
import { findCondition, isTrue } from '@croft/controller/conditions';
import type { Trigger } from '@croft/controller/controller';
import { StalledError, WaitingError } from '@croft/controller/outcome';
import type { ReconciledObject } from '@croft/controller/reconcile-steps';
import { errorMessage } from '@croft/foundation/errors';
import { jsonEqual } from '@croft/foundation/json';
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

/**
 * A trigger: an object that becomes ready or unready, or follows another revision, enqueues those that depend on it; any
 * change of it those that look at it with an expression.
 */
export function onDependency<T extends Dependant>(kind: Kind<T>, all: () => readonly Stored<T>[]): Trigger {
  return {
    synced: (informers) => informers.of(kind).synced,
    subscribe: (informers, enqueue) =>
      informers.of(kind).onChange(({ object, previous }) => {
        const isTurn = previous === undefined || !jsonEqual(stateOf(previous), stateOf(object));
        for (const { metadata, spec } of all()) {
          const links = spec?.dependsOn?.filter((link) => isLink(link, metadata.namespace, object)) ?? [];
          if (links.some(({ readyExpr }) => isTurn || readyExpr !== undefined)) enqueue(keyOf({ metadata }));
        }
      }),
  };
}

function isLink({ name, namespace }: Dependency, own: string | undefined, { metadata }: Stored<KubeObject>): boolean {
  return name === metadata.name && (namespace ?? own) === metadata.namespace;
}

/** What dependants go by. */
function stateOf({ metadata, status }: Stored<Dependant>): unknown[] {
  const { lastAppliedRevision } = (status ?? {}) as { lastAppliedRevision?: string };
  const ready = findCondition(status?.conditions, 'Ready')?.status;
  return [metadata.uid, metadata.generation, ready, status?.observedGeneration, lastAppliedRevision];
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
