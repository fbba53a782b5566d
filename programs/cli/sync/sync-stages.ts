import { formatKey, keyOf } from '@croft/api/object';
import type { Client } from '@croft/client/client';
import { UserError } from '@croft/foundation/errors';
import { describeUnknown } from '../nearest-names.ts';
import { describeOutcome, reconcileNow, type SyncContext, type SyncOutcome } from './reconcile-now.ts';
import { getSyncedKinds, listSynced, type Stage, syncedKinds } from './synced-kinds.ts';
import { type SyncedTarget, sourceOf } from './synced-object.ts';

const stages: readonly Stage[] = ['sources', 'kustomizations', 'releases'];

/** What a sync is about; everything when nothing is named. */
export interface SyncScope {
  named?: SyncedTarget;
  /** Annotations for the releases that the sync is about: see reconcileNow. */
  marks?: readonly string[];
}

/**
 * Reads git again and follows the result: sources, then Kustomizations, then releases. A stage begins when the one before
 * it is over, for it makes the next one's objects; one that failed is the last.
 */
export async function syncStages(context: SyncContext, { named, marks = [] }: SyncScope): Promise<SyncOutcome[]> {
  const outcomes: SyncOutcome[] = [];
  for (const stage of stages) {
    const all = await listStage(context.client, stage);
    const targets = named === undefined ? all : all.filter((target) => concerns(named, target));
    const round = await reconcileNow(context, targets, stage === 'releases' ? marks : []);
    for (const outcome of round) context.say(describeOutcome(outcome));
    outcomes.push(...round);
    if (round.some(({ ready }) => !ready)) break;
  }
  return outcomes;
}

async function listStage(client: Client, stage: Stage): Promise<SyncedTarget[]> {
  const kinds = syncedKinds.filter((synced) => synced.stage === stage);
  return (await Promise.all(kinds.map((synced) => listSynced(client, synced)))).flat();
}

/** The named object, its source, and what takes its files from it or was applied by it. */
function concerns(named: SyncedTarget, target: SyncedTarget): boolean {
  return isSame(named, target) || isSourceOf(target, named) || isSourceOf(named, target) || isAppliedBy(target, named);
}

function isSame(a: SyncedTarget, b: SyncedTarget): boolean {
  return (
    a.kind.kind === b.kind.kind && a.kind.group === b.kind.group && a.object.metadata.uid === b.object.metadata.uid
  );
}

function isSourceOf(source: SyncedTarget, user: SyncedTarget): boolean {
  const reference = sourceOf(user.object);
  return reference?.kind === source.kind.kind && formatKey(reference) === formatKey(keyOf(source.object));
}

function isAppliedBy({ object }: SyncedTarget, { kind, object: by }: SyncedTarget): boolean {
  const { labels = {} } = object.metadata;
  return (
    kind.kind === 'Kustomization' &&
    labels['kustomize.toolkit.fluxcd.io/name'] === by.metadata.name &&
    labels['kustomize.toolkit.fluxcd.io/namespace'] === by.metadata.namespace
  );
}

/** The one object of that kind and name. Throws UserError when there is none, or several in different namespaces. */
export async function getTarget(
  client: Client,
  kindName: string,
  name: string,
  namespace?: string,
): Promise<SyncedTarget> {
  const kinds = getSyncedKinds(kindName);
  const all = (await Promise.all(kinds.map((synced) => listSynced(client, synced, namespace)))).flat();
  const found = all.filter(({ object }) => object.metadata.name === name);
  const [first, ...more] = found;
  const kind = kinds[0]?.kind.kind ?? kindName;
  if (first === undefined)
    throw new UserError(
      describeUnknown(
        kind,
        name,
        all.map(({ object }) => object.metadata.name),
      ),
    );
  if (more.length > 0) {
    const places = found.map(({ object }) => object.metadata.namespace).join(', ');
    throw new UserError(`several namespaces have a ${kind} "${name}": ${places}; name one with -n`);
  }
  return first;
}
