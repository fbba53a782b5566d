import type { Kind } from '@croft/api/kind';
import type { KubeObject } from '@croft/api/object';
import { type ControllerContext, startController } from '@croft/controller/controller';
import { createEventRecorder } from '@croft/controller/events';
import { removeFinalizer } from '@croft/controller/finalizers';
import { isSupportedProvider } from '../provider/deliver.ts';
import { type Provider, providers } from '../provider/types.ts';
import { findPatternProblem } from './match-event.ts';
import { type Alert, alerts } from './types.ts';

const finalizer = 'finalizers.fluxcd.io';

/**
 * Looks after Alerts and Providers, which have no status: what is wrong with one is an event on it at once, not only when
 * something is to be told. The finalizer of Flux's notification-controller is taken from those that come from a cluster with
 * Flux: there is nothing to clean up after them here, and with it they could never be deleted.
 */
export function startLookingAfter(context: ControllerContext): AsyncDisposable {
  const recorder = createEventRecorder({ ...context, component: 'notification-controller' });
  const start = <T extends KubeObject>(kind: Kind<T>, problemOf: (object: T) => string | undefined) =>
    startController(context, {
      name: kind.kind.toLowerCase(),
      kind,
      reconcile: async (object) => {
        if (object === undefined) return undefined;
        await removeFinalizer(context.client, kind, object, finalizer);
        const problem = problemOf(object);
        if (problem !== undefined) recorder.record(object, 'Warning', 'ValidationFailed', problem);
        return undefined;
      },
    });
  const controllers = [start(alerts, problemOfAlert), start(providers, problemOfProvider)];
  return {
    [Symbol.asyncDispose]: async () => {
      await Promise.all(controllers.map((controller) => controller[Symbol.asyncDispose]()));
    },
  };
}

function problemOfAlert({ spec }: Alert): string | undefined {
  const problems = [...(spec?.inclusionList ?? []), ...(spec?.exclusionList ?? [])].map(findPatternProblem);
  return problems.find((problem) => problem !== undefined);
}

function problemOfProvider({ spec }: Provider): string | undefined {
  if (spec === undefined) return 'spec is missing';
  const { type, address = '' } = spec;
  if (!isSupportedProvider(type)) return `the type ${type} is not supported here: use generic`;
  if (address !== '' && !URL.canParse(address)) return 'the address is no URL: it needs a scheme such as https://';
  return undefined;
}
