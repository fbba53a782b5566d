import type { Kind } from '@croft/api/kind';
import { controllerRevisions } from '@croft/api/kinds';
import type { KubeObject, Stored } from '@croft/api/object';
import { isAlreadyExists } from '@croft/api/status';
import type { ControllerRevision, LabelSelector, PodTemplateSpec } from '@croft/api/types';
import { jsonEqual } from '@croft/foundation/json';
import type { WorkloadContext } from '../context.ts';
import { claimObjects, controllerReference } from '../ownership.ts';
import { templateHash } from '../template-hash.ts';

export const revisionLabel = 'controller-revision-hash';

type Revision = Stored<ControllerRevision>;

export interface RevisionedOwner {
  kind: Kind;
  object: Stored<KubeObject>;
  selector: LabelSelector | undefined;
  template: PodTemplateSpec;
  collisions: number;
  /** The label of a revision that holds its hash. */
  hashLabel: string;
}

/** The templates that an owner has had, oldest first; the last is the present one, which is kept if it was not. */
export async function ensureRevisions(
  context: WorkloadContext,
  owner: RevisionedOwner,
): Promise<{ revisions: Revision[]; present: Revision }> {
  const claimed = await claimObjects(context, {
    owner: owner.object,
    ownerKind: owner.kind,
    kind: controllerRevisions,
    selector: owner.selector,
  });
  const revisions = inOrder(claimed);
  const data = revisionData(owner.template);
  const equal = revisions.findLast((revision) => jsonEqual(revision.data, data));
  const last = revisions.at(-1);
  if (equal !== undefined && equal === last) return { revisions, present: equal };
  const revision = (last?.revision ?? 0) + 1;
  const present =
    equal === undefined
      ? await createRevision(context, owner, revision)
      : await context.writer.patch(controllerRevisions, equal, { revision });
  return { revisions: inOrder([...revisions.filter((known) => known !== equal), present]), present };
}

/** Deletes the oldest templates that no Pod and no status names, beyond the limit. */
export async function pruneRevisions(
  context: WorkloadContext,
  revisions: readonly Revision[],
  live: ReadonlySet<string>,
  limit: number,
): Promise<void> {
  const idle = revisions.filter(({ metadata }) => !live.has(metadata.name));
  for (const revision of idle.slice(0, Math.max(0, idle.length - limit))) {
    await context.writer.delete(controllerRevisions, revision);
  }
}

/** The template that a revision keeps. */
export function templateOf(revision: ControllerRevision): PodTemplateSpec {
  const data = revision.data as { spec?: { template?: PodTemplateSpec & { $patch?: string } } } | undefined;
  const { $patch: _, ...template } = data?.spec?.template ?? {};
  return template;
}

/** As Kubernetes writes it: a patch that puts this template in the place of another. */
function revisionData(template: PodTemplateSpec): Record<string, unknown> {
  return { spec: { template: { ...template, $patch: 'replace' } } };
}

async function createRevision(context: WorkloadContext, owner: RevisionedOwner, revision: number): Promise<Revision> {
  const { object, template } = owner;
  const data = revisionData(template);
  for (let collisions = owner.collisions; ; collisions += 1) {
    const hash = templateHash(template, collisions);
    const { name, namespace = '', annotations } = object.metadata;
    const labels = { ...template.metadata?.labels, [owner.hashLabel]: hash };
    try {
      return await context.writer.create(controllerRevisions, {
        metadata: {
          name: `${name}-${hash}`,
          namespace,
          labels,
          ...(annotations === undefined ? {} : { annotations }),
          ownerReferences: [controllerReference(owner.kind, object)],
        },
        data,
        revision,
      });
    } catch (error) {
      if (!isAlreadyExists(error)) throw error;
      const present = await context.client.get(controllerRevisions, { namespace, name: `${name}-${hash}` });
      if (jsonEqual(present.data, data)) return present;
    }
  }
}

function inOrder(revisions: readonly Revision[]): Revision[] {
  return [...revisions].sort((a, b) => a.revision - b.revision || (a.metadata.name < b.metadata.name ? -1 : 1));
}
