import type { ControllerContext } from '@croft/controller/controller';
import type { EventRecorder } from '@croft/controller/events';
import { errorMessage } from '@croft/foundation/errors';
import { NotReadyError, waitForAbsence } from '@croft/release/wait';
import { createKindCache } from '../manifests/kind-cache.ts';
import { pruneObjects } from '../manifests/prune-objects.ts';
import { canAct, openTarget } from '../remote/target-client.ts';
import { type KustomizationPass, ownerLabels, specOf, targetOf, timeoutMsOf } from './pass.ts';

/** Deletes what a Kustomization has applied, as its deletion policy says, before it goes. Throws when objects cannot be deleted. */
export async function removeObjects(
  context: ControllerContext,
  events: EventRecorder,
  pass: KustomizationPass,
): Promise<void> {
  const entries = pass.status.inventory?.entries ?? [];
  if (entries.length === 0 || !isRemoving(pass)) return;
  const tell = (type: 'Normal' | 'Warning', message: string) =>
    events.record(pass.object, type, 'ReconciliationSucceeded', message);
  const target = targetOf(pass);
  if (!(await canAct(context.client, target))) {
    const list = entries.map(({ id }) => id).join('\n');
    return tell('Warning', `the account ${target.serviceAccountName} is gone: unable to prune objects: \n${list}`);
  }
  using client = await openTarget(context.client, target);
  const pruned = await pruneObjects(client, entries, { kinds: createKindCache(client), labels: ownerLabels(pass.key) });
  if (pruned.failures.length > 0) throw new Error(pruned.failures.join('; '));
  if (pruned.changes.length > 0) tell('Normal', pruned.changes.join('\n'));
  const spec = specOf(pass);
  if (spec.deletionPolicy !== 'WaitForTermination') return;
  try {
    await waitForAbsence({ ...context, client, signal: pass.signal }, pruned.deleted, timeoutMsOf(spec));
  } catch (error) {
    if (!(error instanceof NotReadyError)) throw error;
    tell('Warning', `failed to wait for resources termination: ${errorMessage(error)}`);
  }
}

function isRemoving(pass: KustomizationPass): boolean {
  const { suspend, prune, deletionPolicy = 'MirrorPrune' } = specOf(pass);
  if (suspend || deletionPolicy === 'Orphan') return false;
  return deletionPolicy === 'MirrorPrune' ? prune : true;
}
