import { customResourceDefinitions } from '@croft/api/kinds';
import { keyOf, type ObjectKey, type Stored } from '@croft/api/object';
import { findCondition, isTrue } from '@croft/controller/conditions';
import { onChangeOf, type Trigger } from '@croft/controller/controller';
import type { ReconciledObject } from '@croft/controller/reconcile-steps';

/** A trigger: a kind that is served from now on enqueues the objects that have failed because it was not. */
export function onDefinition<T extends ReconciledObject>(all: () => readonly Stored<T>[]): Trigger {
  return onChangeOf(customResourceDefinitions, ({ spec, status }) => {
    if (!isTrue(status?.conditions, 'Established')) return [];
    return keysOf(all().filter((object) => lacks(object, spec.names.kind, spec.group)));
  });
}

function keysOf<T extends ReconciledObject>(objects: readonly Stored<T>[]): ObjectKey[] {
  return objects.map((object) => keyOf(object));
}

/** Whether what is wrong is a missing kind: both ways to say so name the kind and its group. */
function lacks({ status }: ReconciledObject, kind: string, group: string): boolean {
  const ready = findCondition(status?.conditions, 'Ready');
  if (ready === undefined || ready.status === 'True') return false;
  const { message = '' } = ready;
  return /CustomResourceDefinition|CRDs/.test(message) && message.includes(kind) && message.includes(`${group}/`);
}
