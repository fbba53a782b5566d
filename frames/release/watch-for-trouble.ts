import { pods } from '@croft/api/kinds';
import { keyOf, type Stored } from '@croft/api/object';
import type { Pod, PodTemplateSpec } from '@croft/api/types';
import { startInformer } from '@croft/client/informer';
import { findLastingTrouble } from './lasting-trouble.ts';
import type { ResolvedObject } from './objects.ts';
import { podsOf } from './pods-of.ts';
import { NotReadyError, type WaitContext } from './wait.ts';

/**
 * Watches the Pods of the objects while these are waited for. The signal aborts as that of the context does, and with a
 * NotReadyError once a Pod has a trouble that waiting does not heal.
 */
export function watchForTrouble(
  context: WaitContext,
  objects: readonly ResolvedObject[],
): AsyncDisposable & { signal: AbortSignal } {
  const hopeless = new AbortController();
  const watched = objects.flatMap(({ object }) => {
    const found = podsOf(object);
    return found === undefined
      ? []
      : [watchPods(context, found.scope, createPodCheck(context, found.template, hopeless))];
  });
  return {
    signal: context.signal === undefined ? hopeless.signal : AbortSignal.any([context.signal, hopeless.signal]),
    [Symbol.asyncDispose]: async () => {
      await Promise.all(watched.map((each) => each[Symbol.asyncDispose]()));
    },
  };
}

interface PodCheck extends Disposable {
  look(pod: Stored<Pod>): void;
  forget(pod: Stored<Pod>): void;
}

function watchPods(
  context: WaitContext,
  scope: NonNullable<Parameters<typeof startInformer>[2]['scope']>,
  check: PodCheck,
): AsyncDisposable {
  const informer = startInformer<Pod>(context.client, pods, { ...context, scope });
  informer.onChange(({ type, object }) => (type === 'deleted' ? check.forget(object) : check.look(object)));
  return {
    [Symbol.asyncDispose]: async () => {
      check[Symbol.dispose]();
      await informer[Symbol.asyncDispose]();
    },
  };
}

/** A trouble counts from the first try that is seen to fail: that it is away while another one runs says nothing. */
function createPodCheck({ clock }: WaitContext, template: PodTemplateSpec, hopeless: AbortController): PodCheck {
  const newest = new Map<string, Stored<Pod>>();
  const since = new Map<string, number>();
  const stop = new AbortController();

  function judge(uid: string): void {
    const pod = newest.get(uid);
    const trouble = pod && findLastingTrouble(pod, template);
    if (pod === undefined || trouble === undefined) return;
    const known = since.get(uid);
    if (known === undefined && !trouble.isOutcome) return;
    const first = known ?? clock.now();
    since.set(uid, first);
    const { namespace, name } = keyOf(pod);
    if (clock.now() - first >= trouble.patienceMs)
      hopeless.abort(new NotReadyError(`will not become ready: Pod/${namespace}/${name}: ${trouble.message}`));
    else if (known === undefined)
      clock.wait(trouble.patienceMs, stop.signal).then(
        () => judge(uid),
        () => {}, // nobody waits any more
      );
  }
  return {
    look: (pod) => {
      const { uid } = pod.metadata;
      newest.set(uid, pod);
      judge(uid);
    },
    forget: ({ metadata }) => newest.delete(metadata.uid),
    [Symbol.dispose]: () => stop.abort(),
  };
}
