import { configMaps, secrets } from '@croft/api/kinds';
import { formatKey, keyOf, type ObjectKey } from '@croft/api/object';
import { isTrue } from '@croft/controller/conditions';
import { type Controller, type ControllerContext, onChangeOf, startController } from '@croft/controller/controller';
import { createEventRecorder } from '@croft/controller/events';
import { StalledError, WaitingError } from '@croft/controller/outcome';
import { type Pass, reconcileSteps } from '@croft/controller/reconcile-steps';
import { sha256Digest } from '@croft/foundation/digest';
import { uninstallRelease } from '@croft/release/uninstall';
import type { ArtifactStore } from '../artifact/artifact-store.ts';
import { durationMs } from '../duration.ts';
import { onSourceChange, refersTo } from '../source.ts';
import { openChart } from './chart-source.ts';
import { reconcileRelease } from './reconcile-release.ts';
import { type ReleaseContent, releaseNameOf } from './release-job.ts';
import { watchSuperseded } from './superseded.ts';
import { type HelmRelease, type HelmReleaseSpec, helmReleases } from './types.ts';
import { composeValues, mergeValues } from './values.ts';

const finalizer = 'finalizers.fluxcd.io';
const component = 'helm-controller';
const defaultIntervalMs = 5 * 60_000;
const releasesAtOnce = 16;

/** HelmRelease: keeps what is installed like chart and values. Behaviour of Flux's helm-controller. */
export function startHelmReleaseController(context: ControllerContext, artifacts: ArtifactStore): Controller {
  const events = createEventRecorder({ ...context, component });
  const all = () => context.informers.of(helmReleases).list();

  async function waitForDependencies(pass: Pass<HelmRelease>): Promise<void> {
    for (const { name, namespace = pass.key.namespace } of specOf(pass).dependsOn ?? []) {
      const dependency = context.informers.of(helmReleases).get({ namespace, name });
      const isReady =
        dependency !== undefined &&
        isTrue(dependency.status?.conditions, 'Ready') &&
        dependency.status?.observedGeneration === dependency.metadata.generation;
      if (!isReady) throw new WaitingError('DependencyNotReady', `dependency '${namespace}/${name}' is not ready`);
    }
  }

  async function reconcileChart(pass: Pass<HelmRelease>): Promise<void> {
    const spec = specOf(pass);
    const readContent = async (): Promise<ReleaseContent> => {
      const chart = await openChart(context, artifacts, spec, pass.key);
      const values = mergeValues(chart.fileValues, await composeValues(context.client, spec, pass.key));
      return { chart, values, digest: sha256Digest(JSON.stringify([chart.digest, values])) };
    };
    const content = await readContent();
    pass.status.storageNamespace = releaseNameOf(pass.object).namespace;
    const readDigest = async () => (await readContent()).digest;
    using current = watchSuperseded(context, {
      key: pass.key,
      spec,
      digest: content.digest,
      readDigest,
      signal: pass.signal,
    });
    try {
      await reconcileRelease({ ...context, signal: current.signal }, pass, spec, content);
    } catch (error) {
      if (!current.signal.aborted || pass.signal.aborted) throw error;
      throw new WaitingError('Progressing', 'starting anew: there is a newer chart, or there are other values');
    }
    pass.requeueAfterMs = durationMs(spec.interval, defaultIntervalMs);
  }

  async function removeRelease(pass: Pass<HelmRelease>): Promise<void> {
    const { spec } = pass.object;
    const timeoutMs = durationMs(spec?.uninstall?.timeout ?? spec?.timeout, defaultIntervalMs);
    const keepHistory = spec?.uninstall?.keepHistory ?? false;
    await uninstallRelease(context, {
      release: releaseNameOf(pass.object),
      timeoutMs,
      wait: true,
      keepHistory,
      keepVolumes: true,
      ignoreNotFound: true,
    });
  }

  const whoRead = (kind: 'Secret' | 'ConfigMap') => (object: { metadata?: { namespace?: string; name?: string } }) =>
    all()
      .filter(
        ({ metadata, spec }) =>
          metadata.namespace === object.metadata?.namespace &&
          spec?.valuesFrom?.some((reference) => reference.kind === kind && reference.name === object.metadata?.name),
      )
      .map(keyOf);
  const dependants = (ready: ObjectKey) =>
    all()
      .filter(({ metadata, spec }) =>
        spec?.dependsOn?.some(
          ({ name, namespace = metadata.namespace }) => formatKey({ name, namespace }) === formatKey(ready),
        ),
      )
      .map(keyOf);

  return startController(context, {
    name: 'helm-release',
    kind: helmReleases,
    concurrency: releasesAtOnce,
    triggers: [
      onSourceChange((source) =>
        all()
          .filter(({ metadata, spec }) => refersTo(spec?.chart?.spec.sourceRef, metadata as ObjectKey, source))
          .map(keyOf),
      ),
      onChangeOf(secrets, whoRead('Secret')),
      onChangeOf(configMaps, whoRead('ConfigMap')),
      onChangeOf(helmReleases, (release) => dependants(keyOf(release))),
    ],
    reconcile: reconcileSteps(context, {
      kind: helmReleases,
      finalizer,
      steps: [waitForDependencies, reconcileChart],
      finalize: removeRelease,
      events,
    }),
  });
}

function specOf(pass: Pass<HelmRelease>): HelmReleaseSpec {
  if (pass.object.spec === undefined) throw new StalledError('InvalidSpec', 'spec is missing');
  return pass.object.spec;
}
