import { apiVersionOf, type Kind } from '@croft/api/kind';
import { isEmptySelector, matchesLabelSelector } from '@croft/api/label-selector';
import type { KubeObject, ObjectKey, OwnerReference, Stored } from '@croft/api/object';
import type { LabelSelector } from '@croft/api/types';
import { ownersOf } from '@croft/controller/controller';
import type { WorkloadContext } from './context.ts';

type SelectingObject = KubeObject & { spec?: { selector?: LabelSelector } };

/** The reference by which an object belongs to the one that controls it. */
export function controllerReference(kind: Kind, owner: Stored<KubeObject>): OwnerReference {
  return {
    apiVersion: apiVersionOf(kind),
    kind: kind.kind,
    name: owner.metadata.name,
    uid: owner.metadata.uid,
    controller: true,
    blockOwnerDeletion: true,
  };
}

export function findController(object: KubeObject): OwnerReference | undefined {
  return (object.metadata?.ownerReferences as OwnerReference[] | undefined)?.find(({ controller }) => controller);
}

export function isControlledBy(object: KubeObject, owner: Stored<KubeObject>): boolean {
  return findController(object)?.uid === owner.metadata.uid;
}

/**
 * The objects that belong to an owner: those it controls, after it has adopted what fits its selector and nobody
 * controls, and has let go of what fits no longer (pkg/controller/controller_ref_manager.go).
 */
export async function claimObjects<T extends KubeObject>(
  context: WorkloadContext,
  claim: {
    owner: Stored<KubeObject>;
    ownerKind: Kind;
    selector: LabelSelector | undefined;
    kind: Kind<T>;
    /** Narrows further what may be adopted. */
    adoptable?: (object: Stored<T>) => boolean;
  },
): Promise<Stored<T>[]> {
  const { owner, kind, selector, adoptable = () => true } = claim;
  const ownerGoes = owner.metadata.deletionTimestamp !== undefined;
  const claimed: Stored<T>[] = [];
  for (const object of context.informers.of(kind).list(owner.metadata.namespace)) {
    const fits = matchesLabelSelector(selector, object.metadata.labels);
    if (isControlledBy(object, owner)) {
      if (fits || ownerGoes) claimed.push(object);
      else await release(context, kind, object, owner);
    } else if (
      fits &&
      !ownerGoes &&
      findController(object) === undefined &&
      object.metadata.deletionTimestamp === undefined &&
      adoptable(object)
    ) {
      const adopted = await adopt(context, claim, object);
      if (adopted !== undefined) claimed.push(adopted);
    }
  }
  return claimed;
}

async function adopt<T extends KubeObject>(
  context: WorkloadContext,
  { owner, ownerKind, kind }: { owner: Stored<KubeObject>; ownerKind: Kind; kind: Kind<T> },
  object: Stored<T>,
): Promise<Stored<T> | undefined> {
  const alive = await context.client.find(ownerKind, owner.metadata);
  if (alive?.metadata.uid !== owner.metadata.uid || alive.metadata.deletionTimestamp !== undefined) return undefined;
  const references = [...(object.metadata.ownerReferences ?? []), controllerReference(ownerKind, owner)];
  return await writeOwners(context, kind, object, references);
}

async function release<T extends KubeObject>(
  context: WorkloadContext,
  kind: Kind<T>,
  object: Stored<T>,
  owner: Stored<KubeObject>,
): Promise<void> {
  const references = (object.metadata.ownerReferences ?? []).filter(({ uid }) => uid !== owner.metadata.uid);
  await writeOwners(context, kind, object, references);
}

async function writeOwners<T extends KubeObject>(
  context: WorkloadContext,
  kind: Kind<T>,
  object: Stored<T>,
  references: readonly object[],
): Promise<Stored<T>> {
  const { uid, resourceVersion } = object.metadata;
  const ownerReferences = references.length === 0 ? null : references;
  return await context.writer.patch(kind, object, { metadata: { uid, resourceVersion, ownerReferences } });
}

/**
 * Whom a change of an object concerns, as keys for `onChangeOf`: the owner of this kind that controls it, or where
 * nobody does, those that might adopt it.
 */
export function concernedOwners<T extends SelectingObject>(
  context: WorkloadContext,
  kind: Kind<T>,
): (object: Stored<KubeObject>) => ObjectKey[] {
  const controlling = ownersOf(kind);
  return (object) => {
    if (findController(object) !== undefined) return controlling(object);
    return context.informers
      .of(kind)
      .list(object.metadata.namespace)
      .filter(
        ({ spec }) => !isEmptySelector(spec?.selector) && matchesLabelSelector(spec?.selector, object.metadata.labels),
      )
      .map(({ metadata }) => metadata);
  };
}
