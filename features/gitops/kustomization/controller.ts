import { configMaps, secrets } from '@croft/api/kinds';
import { type KubeObject, keyOf, type ObjectKey, type Stored } from '@croft/api/object';
import { isTrue } from '@croft/controller/conditions';
import { type Controller, type ControllerContext, onChangeOf, startController } from '@croft/controller/controller';
import { createEventRecorder } from '@croft/controller/events';
import { ReasonedError, StalledError, WaitingError } from '@croft/controller/outcome';
import { type Pass, reconcileSteps } from '@croft/controller/reconcile-steps';
import { errorMessage } from '@croft/foundation/errors';
import { waitForObjects } from '@croft/release/wait';
import type { ArtifactStore } from '../artifact/artifact-store.ts';
import { durationMs } from '../duration.ts';
import { type Applied, applyManifests, pruneObjects } from '../manifests/apply-manifests.ts';
import { missingEntries } from '../manifests/inventory.ts';
import { onSourceChange, openSource, refersTo } from '../source.ts';
import { buildManifests } from './build-manifests.ts';
import { layoutAnnotation, prescriptionsLayout, settingsSuffix } from './prescribed-folder.ts';
import { type Kustomization, kustomizations } from './types.ts';

const finalizer = 'finalizers.fluxcd.io';
const fieldManager = 'kustomize-controller';
const defaultIntervalMs = 5 * 60_000;

/** Kustomization: builds, applies, prunes, waits. Behaviour of Flux's kustomize-controller. */
export function startKustomizationController(context: ControllerContext, artifacts: ArtifactStore): Controller {
  const events = createEventRecorder({ ...context, component: fieldManager });
  const all = () => context.informers.of(kustomizations).list();

  async function reconcileFolder(pass: Pass<Kustomization>): Promise<void> {
    const spec = specOf(pass);
    const timeoutMs = durationMs(spec.timeout ?? spec.interval, defaultIntervalMs);
    const { artifact, folder } = await openSource(context, artifacts, spec.sourceRef, pass.key);
    pass.status.lastAttemptedRevision = artifact.revision;
    const manifests = await buildManifests(context.client, pass.object, spec, folder);
    const options = {
      fieldManager,
      namespace: namespaceOf(pass),
      labels: labelsOf(pass.key),
      definitionsTimeoutMs: timeoutMs,
    };
    const applied = await applyManifests(context, manifests, options);
    await keepInventory(pass, applied);
    tellChanges(pass, applied.changes);
    if (spec.wait) await waitUntilHealthy(pass, applied, timeoutMs);
    pass.status.lastAppliedRevision = artifact.revision;
    pass.ready = { reason: 'ReconciliationSucceeded', message: `Applied revision: ${artifact.revision}` };
    pass.requeueAfterMs = durationMs(spec.interval, defaultIntervalMs);
  }

  async function waitForDependencies(pass: Pass<Kustomization>): Promise<void> {
    for (const { name, namespace = pass.key.namespace } of specOf(pass).dependsOn ?? []) {
      const dependency = context.informers.of(kustomizations).get({ namespace, name });
      if (dependency === undefined || !isReady(dependency)) {
        throw new WaitingError('DependencyNotReady', `dependency '${namespace}/${name}' is not ready`);
      }
    }
  }

  /** What could not be applied keeps its place in the inventory, and nothing is pruned before all is applied. */
  async function keepInventory(pass: Pass<Kustomization>, applied: Applied): Promise<void> {
    const before = pass.status.inventory?.entries ?? [];
    const gone = missingEntries(before, applied.inventory);
    const failed = applied.failures.length > 0;
    pass.status.inventory = { entries: failed ? [...applied.inventory, ...gone] : applied.inventory };
    if (failed) throw new ReasonedError('ReconciliationFailed', applied.failures.join('\n'));
    if (specOf(pass).prune) tellChanges(pass, await pruneObjects(context.client, gone, { labels: labelsOf(pass.key) }));
  }

  async function waitUntilHealthy(pass: Pass<Kustomization>, applied: Applied, timeoutMs: number): Promise<void> {
    await pass.progress(`Running health checks with a timeout of ${timeoutMs / 1000}s`);
    try {
      await waitForObjects(context, applied.objects, { timeoutMs });
    } catch (error) {
      throw new ReasonedError('HealthCheckFailed', `health check failed: ${errorMessage(error)}`, { cause: error });
    }
  }

  async function removeAll(pass: Pass<Kustomization>): Promise<void> {
    if (!pass.object.spec?.prune || pass.object.spec.suspend) return;
    await pruneObjects(context.client, pass.status.inventory?.entries ?? [], { labels: labelsOf(pass.key) });
  }

  return startController(context, {
    name: 'kustomization',
    kind: kustomizations,
    triggers: [
      onSourceChange((source) =>
        all()
          .filter((object) => refersTo(object.spec?.sourceRef, keyOf(object), source))
          .map(keyOf),
      ),
      onChangeOf(secrets, (secret) => {
        const isSettings = secret.metadata.name.endsWith(settingsSuffix);
        const reads = readsFrom('Secret', secret);
        return all()
          .filter((object) => (isSettings && hasPrescriptionsLayout(object)) || reads(object))
          .map(keyOf);
      }),
      onChangeOf(configMaps, (configMap) => all().filter(readsFrom('ConfigMap', configMap)).map(keyOf)),
      onChangeOf(kustomizations, ({ metadata: { namespace, name } }) =>
        all()
          .filter(({ metadata, spec }) =>
            spec?.dependsOn?.some((item) => item.name === name && (item.namespace ?? metadata.namespace) === namespace),
          )
          .map(keyOf),
      ),
    ],
    reconcile: reconcileSteps(context, {
      kind: kustomizations,
      finalizer,
      steps: [waitForDependencies, reconcileFolder],
      finalize: removeAll,
      events,
    }),
  });
}

function hasPrescriptionsLayout(object: Kustomization): boolean {
  return object.metadata?.annotations?.[layoutAnnotation] === prescriptionsLayout;
}

function specOf(pass: Pass<Kustomization>): NonNullable<Kustomization['spec']> {
  if (pass.object.spec === undefined) throw new StalledError('InvalidSpec', 'spec is missing');
  return pass.object.spec;
}

function namespaceOf(pass: Pass<Kustomization>): string {
  return specOf(pass).targetNamespace ?? pass.key.namespace ?? 'default';
}

function labelsOf(key: ObjectKey): Record<string, string> {
  return { 'kustomize.toolkit.fluxcd.io/name': key.name, 'kustomize.toolkit.fluxcd.io/namespace': key.namespace ?? '' };
}

function tellChanges(pass: Pass<Kustomization>, changes: readonly string[]): void {
  if (changes.length > 0) pass.events.push({ type: 'Normal', reason: 'Progressing', message: changes.join('\n') });
}

function isReady({ metadata, status }: Stored<Kustomization>): boolean {
  return isTrue(status?.conditions, 'Ready') && status?.observedGeneration === metadata.generation;
}

function readsFrom(
  kind: 'Secret' | 'ConfigMap',
  { metadata }: Stored<KubeObject>,
): (object: Stored<Kustomization>) => boolean {
  return (object) =>
    object.metadata.namespace === metadata.namespace &&
    (object.spec?.postBuild?.substituteFrom?.some(
      (reference) => reference.kind === kind && reference.name === metadata.name,
    ) ??
      false);
}
