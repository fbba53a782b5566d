import type { Kind } from '@croft/api/kind';
import type { ObjectKey, Stored } from '@croft/api/object';
import { type Controller, type ControllerContext, startController } from '@croft/controller/controller';
import { createEventRecorder } from '@croft/controller/events';
import { StalledError, WaitingError } from '@croft/controller/outcome';
import { isBeyondStatus, reconcileSteps, type Step } from '@croft/controller/reconcile-steps';
import { sha256Digest } from '@croft/foundation/digest';
import type { ArtifactStore } from '../artifact/artifact-store.ts';
import { checkDependencies } from '../dependencies.ts';
import { canAct, openTarget, type Target } from '../remote/target-client.ts';
import { removeChartObject } from './chart-object.ts';
import { openChart } from './chart-source.ts';
import { valuesDigest } from './digests.ts';
import { reconcileRelease } from './reconcile-release.ts';
import { type ReleaseContent, type ReleasePass, releaseNameOf, storageNamespaceOf } from './release-job.ts';
import { withStorage } from './release-storage.ts';
import { removeFormerRelease, removeRelease } from './remove-release.ts';
import { watchSuperseded } from './superseded.ts';
import { helmReleaseTriggers } from './triggers.ts';
import { type HelmRelease, type HelmReleaseSpec, helmReleases } from './types.ts';
import { composeValues } from './values.ts';

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

  async function reconcileChart(pass: ReleasePass): Promise<void> {
    const spec = specOf(pass);
    const readContent = async (): Promise<ReleaseContent> => {
      const chart = await openChart(context, artifacts, spec, pass.key);
      return { chart, values: await composeValues(context.client, spec, pass.key) };
    };
    const content = await readContent();
    await noteChartObject(pass, content.chart.helmChart);
    using current = watchSuperseded(context, {
      key: pass.key,
      spec,
      digest: digestOf(content),
      readDigest: async () => digestOf(await readContent()),
      signal: pass.signal,
    });
    try {
      await carryOut(pass, content, current.signal);
    } catch (error) {
      if (!current.signal.aborted || pass.signal.aborted) throw error;
      throw new WaitingError('Progressing', 'starting anew: there is a newer chart, or there are other values');
    }
  }

  /** A HelmChart that the release had and no longer needs is removed. */
  async function noteChartObject({ status }: ReleasePass, helmChart: string | undefined): Promise<void> {
    if (status.helmChart === helmChart) return;
    await removeChartObject(context, status.helmChart);
    if (helmChart === undefined) delete status.helmChart;
    else status.helmChart = helmChart;
  }

  async function carryOut(pass: ReleasePass, content: ReleaseContent, signal: AbortSignal): Promise<void> {
    const { object, status } = pass;
    const { name, version } = content.chart.chart.metadata;
    using target = await openTarget(context.client, targetOf(pass.object));
    await removeFormerRelease({ ...context, client: target, signal }, pass, name);
    const release = releaseNameOf(object);
    status.storageNamespace = storageNamespaceOf(object);
    const client = withStorage(target, release.namespace, status.storageNamespace);
    await reconcileRelease({
      ...content,
      context: { ...context, client, signal },
      pass,
      spec: specOf(pass),
      release,
      wanted: {
        chartName: name,
        chartVersion: version,
        chartDigest: sha256Digest(content.chart.digest),
        configDigest: valuesDigest(content.values),
      },
    });
  }

  async function remove(pass: ReleasePass): Promise<void> {
    await removeChartObject(context, pass.status.helmChart);
    if (pass.object.spec?.suspend) return;
    const target = targetOf(pass.object);
    if (!(await canAct(context.client, target)))
      return events.record(
        pass.object,
        'Warning',
        'UninstallFailed',
        `the account ${target.serviceAccountName} is gone: the release stays installed`,
      );
    using client = await openTarget(context.client, target);
    await removeRelease({ ...context, client, signal: pass.signal }, pass);
  }

  const reconcile = reconcileSteps(context, {
    kind,
    finalizer,
    steps: [noteOutcome([...flavour.first, waitForDependencies, reconcileChart], flavour)],
    finalize: remove,
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

function specOf(pass: ReleasePass): HelmReleaseSpec {
  if (pass.object.spec === undefined) throw new StalledError('InvalidSpec', 'spec is missing');
  return pass.object.spec;
}

function targetOf({ metadata, spec }: Stored<HelmRelease>): Target {
  const { serviceAccountName, kubeConfig } = spec ?? {};
  return { namespace: metadata.namespace ?? 'default', serviceAccountName, kubeConfig };
}

function digestOf({ chart, values }: ReleaseContent): string {
  return sha256Digest(JSON.stringify([chart.digest, valuesDigest(values)]));
}
