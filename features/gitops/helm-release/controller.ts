import type { Kind } from '@croft/api/kind';
import type { ObjectKey, Stored } from '@croft/api/object';
import { type Controller, type ControllerContext, startController } from '@croft/controller/controller';
import { createEventRecorder } from '@croft/controller/events';
import { isBeyondStatus, reconcileSteps, type Step } from '@croft/controller/reconcile-steps';
import type { ArtifactStore } from '../artifact/artifact-store.ts';
import { checkDependencies } from '../dependencies.ts';
import { finalizeRelease } from './finalize.ts';
import { reconcileChart } from './reconcile-chart.ts';
import type { ReleasePass } from './release-job.ts';
import { helmReleaseTriggers } from './triggers.ts';
import { type HelmRelease, helmReleases } from './types.ts';

const finalizer = 'finalizers.fluxcd.io';
const releasesAtOnce = 16;

/** A kind of releases. */
export interface ReleaseFlavour {
  /** Names the controller in logs. */
  name: string;
  /** Tells events. */
  component: string;
  kind: Kind<HelmRelease>;
  /** An object as the code here reads it. */
  view(object: Stored<HelmRelease>): Stored<HelmRelease>;
  /** What is done before all else. */
  first: readonly Step<HelmRelease>[];
  /** Called at the end of a pass, before its status is written. */
  finished?(pass: ReleasePass, hasFailed: boolean): void;
}

/** HelmRelease: keeps what is installed like chart and values. Behaviour of Flux's helm-controller. */
export function startHelmReleaseController(context: ControllerContext, artifacts: ArtifactStore): Controller {
  return startReleaseController(context, artifacts, {
    name: 'helm-release',
    component: 'helm-controller',
    kind: helmReleases,
    view: (object) => object,
    first: [],
  });
}

export function startReleaseController(
  context: ControllerContext,
  artifacts: ArtifactStore,
  flavour: ReleaseFlavour,
): Controller {
  const { kind, component, view } = flavour;
  const events = createEventRecorder({ ...context, component });
  const known = context.informers.of(kind);
  const all = () => known.list().map(view);
  const find = (key: ObjectKey) => {
    const object = known.get(key);
    return object && view(object);
  };

  async function waitForDependencies(pass: ReleasePass): Promise<void> {
    checkDependencies(pass.object, find);
  }

  const followChart = (pass: ReleasePass) => reconcileChart({ ...context, artifacts }, pass);

  const reconcile = reconcileSteps(context, {
    kind,
    finalizer,
    steps: [noteOutcome([...flavour.first, waitForDependencies, followChart], flavour)],
    finalize: (pass) => finalizeRelease(context, events, pass),
    events,
  });
  return startController(context, {
    name: flavour.name,
    kind,
    concurrency: releasesAtOnce,
    isNews: isBeyondStatus,
    triggers: helmReleaseTriggers({ kind, all, find }),
    reconcile: (object, key, signal) => reconcile(object && view(object), key, signal),
  });
}

/** The steps as one, with the flavour told how they went. */
function noteOutcome(steps: readonly Step<HelmRelease>[], { finished }: ReleaseFlavour): Step<HelmRelease> {
  return async (pass) => {
    let hasFailed = true;
    try {
      for (const step of steps) await step(pass);
      hasFailed = false;
    } finally {
      finished?.(pass, hasFailed);
    }
  };
}
