import type { Stored } from '@croft/api/object';
import { type Controller, type ControllerContext, startController } from '@croft/controller/controller';
import { createEventRecorder } from '@croft/controller/events';
import { StalledError, WaitingError } from '@croft/controller/outcome';
import { isBeyondStatus, reconcileSteps } from '@croft/controller/reconcile-steps';
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
const component = 'helm-controller';
const releasesAtOnce = 16;

/** HelmRelease: keeps what is installed like chart and values. Behaviour of Flux's helm-controller. */
export function startHelmReleaseController(context: ControllerContext, artifacts: ArtifactStore): Controller {
  const events = createEventRecorder({ ...context, component });

  async function waitForDependencies(pass: ReleasePass): Promise<void> {
    checkDependencies(pass.object, (key) => context.informers.of(helmReleases).get(key));
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

  return startController(context, {
    name: 'helm-release',
    kind: helmReleases,
    concurrency: releasesAtOnce,
    isNews: isBeyondStatus,
    triggers: helmReleaseTriggers(context),
    reconcile: reconcileSteps(context, {
      kind: helmReleases,
      finalizer,
      steps: [waitForDependencies, reconcileChart],
      finalize: remove,
      events,
    }),
  });
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
