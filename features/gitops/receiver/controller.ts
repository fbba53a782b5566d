import { secrets } from '@croft/api/kinds';
import { keyOf } from '@croft/api/object';
import { type Controller, type ControllerContext, onChangeOf, startController } from '@croft/controller/controller';
import { createEventRecorder } from '@croft/controller/events';
import { StalledError } from '@croft/controller/outcome';
import { isBeyondStatus, type Pass, reconcileSteps } from '@croft/controller/reconcile-steps';
import { errorMessage } from '@croft/foundation/errors';
import { durationMs } from '../duration.ts';
import { ordinarySecrets } from '../ordinary-secrets.ts';
import { readToken } from './read-token.ts';
import { parseFilter } from './resource-filter.ts';
import { type Receiver, type ReceiverSpec, receivers } from './types.ts';
import { isSupportedType } from './verify-request.ts';
import { webhookPath } from './webhook-path.ts';

const defaultIntervalMs = 10 * 60_000;

/** Receiver: checks the rule and tells under which path it listens. Behaviour of Flux's notification-controller. */
export function startReceiverController(context: ControllerContext): Controller {
  const { client, informers } = context;

  async function openPath(pass: Pass<Receiver>): Promise<void> {
    const { spec } = pass.object;
    if (spec === undefined) throw new StalledError('ValidationFailed', 'spec is missing');
    delete pass.status.webhookPath;
    validate(spec);
    const path = webhookPath(await readToken(client, pass.key.namespace, spec), pass.key);
    pass.status.webhookPath = path;
    pass.ready = { reason: 'Succeeded', message: `Receiver initialized for path: ${path}` };
    pass.requeueAfterMs = durationMs(spec.interval, defaultIntervalMs);
  }

  return startController(context, {
    name: 'receiver',
    kind: receivers,
    triggers: [
      onChangeOf(
        secrets,
        ({ metadata }) =>
          informers
            .of(receivers)
            .list(metadata.namespace)
            .filter(({ spec }) => spec?.secretRef?.name === metadata.name)
            .map(keyOf),
        ordinarySecrets,
      ),
    ],
    isNews: isBeyondStatus,
    reconcile: reconcileSteps(context, {
      kind: receivers,
      finalizer: 'finalizers.fluxcd.io',
      steps: [openPath],
      finalize: async () => {},
      events: createEventRecorder({ ...context, component: 'notification-controller' }),
    }),
  });
}

/** Throws StalledError for what only a change of the Receiver can mend. */
function validate({ type, secretRef, resourceFilter, resources }: ReceiverSpec): void {
  if (!isSupportedType(type))
    throw new StalledError('ValidationFailed', `the type ${type} is not supported here: use generic-hmac instead`);
  if (secretRef === undefined) throw new StalledError('ValidationFailed', `secretRef is required for the type ${type}`);
  if (resourceFilter) checkFilter('resourceFilter', resourceFilter);
  resources.forEach(({ filter }, index) => {
    if (filter) checkFilter(`resources[${index}].filter`, filter);
  });
}

function checkFilter(field: string, text: string): void {
  try {
    parseFilter(text);
  } catch (error) {
    throw new StalledError('InvalidCELExpression', `${field}: ${errorMessage(error)}`);
  }
}
