import type { Kind } from '@croft/api/kind';
import type { KubeObject } from '@croft/api/object';
import { type ControllerContext, startController } from '@croft/controller/controller';
import { removeFinalizer } from '@croft/controller/finalizers';
import { providers } from '../provider/types.ts';
import { alerts } from './types.ts';

const finalizer = 'finalizers.fluxcd.io';

/**
 * Takes the finalizer of Flux's notification-controller from Alerts and Providers that come from a cluster with Flux. There
 * is nothing to clean up after them here, and with it they could never be deleted.
 */
export function startFreeingObjects(context: ControllerContext): AsyncDisposable {
  const free = <T extends KubeObject>(kind: Kind<T>, name: string) =>
    startController(context, {
      name,
      kind,
      reconcile: async (object) => {
        if (object !== undefined) await removeFinalizer(context.client, kind, object, finalizer);
        return undefined;
      },
    });
  const controllers = [free(alerts, 'alert'), free(providers, 'provider')];
  return {
    [Symbol.asyncDispose]: async () => {
      await Promise.all(controllers.map((controller) => controller[Symbol.asyncDispose]()));
    },
  };
}
