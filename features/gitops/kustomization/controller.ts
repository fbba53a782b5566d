import { isTrue } from '@croft/controller/conditions';
import { type Controller, type ControllerContext, startController } from '@croft/controller/controller';
import { createEventRecorder } from '@croft/controller/events';
import { ReasonedError, WaitingError } from '@croft/controller/outcome';
import { isBeyondStatus, reconcileSteps } from '@croft/controller/reconcile-steps';
import type { FetchRemote } from '@croft/kustomize/source/remote';
import type { ArtifactStore } from '../artifact/artifact-store.ts';
import { durationMs, durationText } from '../duration.ts';
import { createKindCache } from '../manifests/kind-cache.ts';
import { intervalMsOf, type KustomizationPass, specOf } from './pass.ts';
import { reconcileFolder } from './reconcile-folder.ts';
import { removeObjects } from './remove-objects.ts';
import { kustomizationTriggers } from './triggers.ts';
import { kustomizations } from './types.ts';

const finalizer = 'finalizers.fluxcd.io';
const component = 'kustomize-controller';
const foldersAtOnce = 8;

/** Kustomization: builds, applies, prunes, waits. Behaviour of Flux's kustomize-controller. */
export function startKustomizationController(
  context: ControllerContext,
  artifacts: ArtifactStore,
  fetchRemote: FetchRemote,
): Controller {
  const events = createEventRecorder({ ...context, component });
  const kinds = createKindCache(context.client);

  async function reconcile(pass: KustomizationPass): Promise<void> {
    const begun = context.clock.now();
    const spec = specOf(pass);
    const wasReady = isTrue(pass.status.conditions, 'Ready');
    await retryAfter(pass, () => reconcileFolder({ ...context, artifacts, fetchRemote, kinds }, pass));
    pass.requeueAfterMs = intervalMsOf(spec);
    if (wasReady && pass.events.length === 0) return; // nothing to tell of
    const took = durationText(context.clock.now() - begun);
    const message = `Reconciliation finished in ${took}, next run in ${durationText(pass.requeueAfterMs)}`;
    pass.events.push({ type: 'Normal', reason: 'ReconciliationSucceeded', message });
  }

  return startController(context, {
    name: 'kustomization',
    kind: kustomizations,
    concurrency: foldersAtOnce,
    isNews: isBeyondStatus,
    triggers: kustomizationTriggers(context),
    reconcile: reconcileSteps(context, {
      kind: kustomizations,
      finalizer,
      steps: [reconcile],
      finalize: (pass) => removeObjects(context, events, pass),
      events,
    }),
  });
}

/** A failure is tried again after `retryInterval` where the spec names one, with growing waits otherwise. */
async function retryAfter(pass: KustomizationPass, work: () => Promise<void>): Promise<void> {
  const { retryInterval } = specOf(pass);
  try {
    await work();
  } catch (error) {
    if (retryInterval === undefined || !(error instanceof ReasonedError)) throw error;
    pass.events.push({ type: 'Warning', reason: error.reason, message: error.message });
    throw new WaitingError(error.reason, error.message, durationMs(retryInterval, intervalMsOf(specOf(pass))));
  }
}
