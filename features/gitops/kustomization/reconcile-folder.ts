import type { ObjectKey, ObjectMeta } from '@croft/api/object';
import type { ControllerContext } from '@croft/controller/controller';
import { ReasonedError, StalledError, WaitingError } from '@croft/controller/outcome';
import { sha256Digest } from '@croft/foundation/digest';
import type { FetchRemote } from '@croft/kustomize/source/remote';
import type { WaitContext } from '@croft/release/wait';
import type { ArtifactStore } from '../artifact/artifact-store.ts';
import { checkDependencies } from '../dependencies.ts';
import { createHealthRule } from '../health/health-rule.ts';
import { type Applied, applyManifests, emptyApplied } from '../manifests/apply-manifests.ts';
import { compileIgnoreRules } from '../manifests/ignore-rules.ts';
import { missingEntries } from '../manifests/inventory.ts';
import { createKindCache, type KindCache } from '../manifests/kind-cache.ts';
import { pruneObjects } from '../manifests/prune-objects.ts';
import type { Manifest } from '../manifests/read-manifests.ts';
import { openTarget } from '../remote/target-client.ts';
import { openSource } from '../source.ts';
import { watchSource } from '../watch-source.ts';
import { buildManifests } from './build-manifests.ts';
import { checkHealth } from './check-health.ts';
import { withAttempt } from './history.ts';
import { type KustomizationPass, ownerLabels, specOf, targetOf, timeoutMsOf } from './pass.ts';
import { refuseEncrypted } from './refuse-encrypted.ts';
import { type KustomizationSpec, kustomizations } from './types.ts';

const fieldManager = 'kustomize-controller';

export interface FolderContext extends ControllerContext {
  artifacts: ArtifactStore;
  /** Follows what kustomizations refer to on other machines. */
  fetchRemote: FetchRemote;
  /** Of the API that the controller itself works with. */
  kinds: KindCache;
}

/** Builds the folder, applies it, prunes what is gone and waits until it is healthy. A newer artifact ends it early. */
export async function reconcileFolder(context: FolderContext, pass: KustomizationPass): Promise<void> {
  const spec = specOf(pass);
  const begunMs = context.clock.now();
  using current = watchSource(context, { reference: spec.sourceRef, from: pass.key, signal: pass.signal });
  const { artifact, folder } = await openSource(context, context.artifacts, spec.sourceRef, pass.key);
  checkDependencies(
    pass.object,
    (key) => context.informers.of(kustomizations).get(key),
    ({ metadata, spec: other, status }) =>
      sameSource(pass.key, spec, metadata, other) && status?.lastAppliedRevision !== artifact.revision,
  );
  pass.status.lastAttemptedRevision = artifact.revision;
  const metadata = { revision: artifact.revision };
  const manifests = await buildManifests(context, pass.object, spec, folder);
  refuseEncrypted(manifests);
  const digest = sha256Digest(JSON.stringify(manifests.map(({ object }) => object)));
  const noteAttempt = (status: string) => {
    const attempt = { digest, status, begunMs, endedMs: context.clock.now(), metadata };
    pass.status.history = withAttempt(pass.status.history, attempt);
  };
  try {
    await carryOut({ ...context, signal: current.signal }, pass, manifests);
    noteAttempt('ReconciliationSucceeded');
    pass.status.lastAppliedRevision = artifact.revision;
    pass.ready = { reason: 'ReconciliationSucceeded', message: `Applied revision: ${artifact.revision}` };
  } catch (error) {
    if (pass.signal.aborted) throw error;
    if (current.signal.aborted) {
      const message = `New reconciliation triggered by ${spec.sourceRef.kind}/${spec.sourceRef.name}`;
      throw new WaitingError('HealthCheckCanceled', message); // the trigger has enqueued the next pass
    }
    const known = error instanceof ReasonedError || error instanceof StalledError || error instanceof WaitingError;
    noteAttempt(known ? error.reason : 'ReconciliationFailed');
    throw error;
  }
}

/** Whether two Kustomizations are of one source. */
function sameSource(
  key: ObjectKey,
  spec: KustomizationSpec,
  other: ObjectMeta,
  otherSpec?: KustomizationSpec,
): boolean {
  const { kind, name, namespace = key.namespace } = spec.sourceRef;
  const { sourceRef } = otherSpec ?? spec;
  return sourceRef.kind === kind && sourceRef.name === name && (sourceRef.namespace ?? other.namespace) === namespace;
}

async function carryOut(
  context: FolderContext & { signal: AbortSignal },
  pass: KustomizationPass,
  manifests: readonly Manifest[],
): Promise<void> {
  const spec = specOf(pass);
  const rule = createHealthRule(spec.healthCheckExprs);
  using client = await openTarget(context.client, targetOf(pass));
  const kinds = spec.kubeConfig === undefined ? context.kinds : createKindCache(client);
  const target = { ...context, client };
  const applied = emptyApplied();
  try {
    await applyAll(target, pass, { manifests, kinds, applied });
  } catch (error) {
    keepBoth(pass, applied);
    tellChanges(pass, applied.changes);
    if (context.signal.aborted) await pass.progress('There is something newer to do'); // writes the inventory
    throw error;
  }
  const pruned = await keepInventory(target, pass, { applied, kinds });
  const changes = [...applied.changes, ...pruned];
  tellChanges(pass, changes);
  await checkHealth({ ...target, kinds, rule }, pass, applied.objects, changes.length > 0);
}

function tellChanges(pass: KustomizationPass, changes: readonly string[]): void {
  if (changes.length > 0) pass.events.push({ type: 'Normal', reason: 'Progressing', message: changes.join('\n') });
}

interface Work {
  manifests: readonly Manifest[];
  kinds: KindCache;
  applied: Applied;
}

async function applyAll(
  context: WaitContext,
  pass: KustomizationPass,
  { manifests, kinds, applied }: Work,
): Promise<void> {
  const spec = specOf(pass);
  const { force = false, targetNamespace, commonMetadata, ignore } = spec;
  const namespace = targetNamespace ?? pass.key.namespace ?? 'default';
  const placement = { namespace, labels: ownerLabels(pass.key), commonMetadata };
  const ignored = compileIgnoreRules(ignore);
  const timeoutMs = timeoutMsOf(spec);
  await applyManifests(context, manifests, { fieldManager, force, ignored, timeoutMs, placement, kinds }, applied);
  if (applied.failures.length > 0) throw new ReasonedError('ReconciliationFailed', applied.failures.join('\n'));
}

/** What could not be applied keeps its place in the inventory, and nothing is pruned before all is applied. */
function keepBoth(pass: KustomizationPass, { inventory }: Applied): void {
  const before = pass.status.inventory?.entries ?? [];
  pass.status.inventory = { entries: [...inventory, ...missingEntries(before, inventory)] };
}

/** Prunes what is gone; what cannot be deleted stays in the inventory. Gives what was deleted. */
async function keepInventory(
  { client }: WaitContext,
  pass: KustomizationPass,
  { applied, kinds }: { applied: Applied; kinds: KindCache },
): Promise<string[]> {
  const gone = missingEntries(pass.status.inventory?.entries ?? [], applied.inventory);
  pass.status.inventory = { entries: applied.inventory };
  if (!specOf(pass).prune) return [];
  const pruned = await pruneObjects(client, gone, { kinds, labels: ownerLabels(pass.key) });
  pass.status.inventory = { entries: [...applied.inventory, ...pruned.survivors] };
  if (pruned.failures.length > 0) throw new ReasonedError('PruneFailed', pruned.failures.join('\n'));
  return pruned.changes;
}
