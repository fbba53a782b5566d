import type { Kind } from '@croft/api/kind';
import type { KubeObject } from '@croft/api/object';
import type { Informer } from '@croft/client/informer';
import type { Informers } from '@croft/client/informers';

/** Informers that see one namespace alone, where one is named, and nothing of kinds that may not be looked at. */
export function limitInformers(
  informers: Informers,
  namespace: string | undefined,
  hidden: readonly Kind[],
): Informers {
  return {
    of: (kind, scope = {}) => {
      if (hidden.some(({ group, plural }) => group === kind.group && plural === kind.plural)) return emptyInformer();
      return informers.of(kind, namespace !== undefined && kind.namespaced ? { namespace, ...scope } : scope);
    },
    [Symbol.asyncDispose]: async () => {}, // they are somebody else's
  };
}

function emptyInformer<T extends KubeObject>(): Informer<T> {
  return {
    synced: Promise.resolve(),
    get: () => undefined,
    list: () => [],
    onChange: () => ({ [Symbol.dispose]: () => {} }),
    learn: () => {},
    forget: () => {},
    [Symbol.asyncDispose]: async () => {},
  };
}
