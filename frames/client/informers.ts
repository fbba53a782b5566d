import { apiVersionOf, type Kind } from '@croft/api/kind';
import type { KubeObject } from '@croft/api/object';
import type { Clock } from '@croft/foundation/clock';
import type { Log } from '@croft/foundation/log';
import type { Client } from './client.ts';
import { type Informer, type InformerScope, startInformer } from './informer.ts';

/** Informers that several controllers share: one list and one watch for each kind and scope. */
export interface Informers extends AsyncDisposable {
  of<T extends KubeObject>(kind: Kind<T>, scope?: InformerScope): Informer<T>;
}

export function createInformers(client: Client, { clock, log }: { clock: Clock; log: Log }): Informers {
  const started = new Map<string, Informer<KubeObject>>();
  return {
    of: <T extends KubeObject>(kind: Kind<T>, scope: InformerScope = {}) => {
      const id = JSON.stringify([
        apiVersionOf(kind),
        kind.plural,
        scope.namespace,
        scope.labelSelector,
        scope.fieldSelector,
        scope.metadataOnly,
      ]);
      const informer = started.get(id) ?? startInformer<KubeObject>(client, kind, { clock, log, scope });
      started.set(id, informer);
      return informer as unknown as Informer<T>;
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all([...started.values()].map((informer) => informer[Symbol.asyncDispose]()));
      started.clear();
    },
  };
}
