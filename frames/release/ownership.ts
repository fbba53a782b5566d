import { keyOf, type UnknownObject } from '@croft/api/object';
import type { Client } from '@croft/client/client';
import type { ResolvedObject } from './objects.ts';
import type { ReleaseName } from './record-store.ts';

const managedBy = 'app.kubernetes.io/managed-by';
const releaseNameAnnotation = 'meta.helm.sh/release-name';
const releaseNamespaceAnnotation = 'meta.helm.sh/release-namespace';

/** The object with the marks by which Helm knows its own. */
export function withOwnership(object: UnknownObject, { name, namespace }: ReleaseName): UnknownObject {
  const { labels, annotations } = object.metadata ?? {};
  return {
    ...object,
    metadata: {
      ...object.metadata,
      labels: { ...labels, [managedBy]: 'Helm' },
      annotations: { ...annotations, [releaseNameAnnotation]: name, [releaseNamespaceAnnotation]: namespace },
    },
  };
}

/** Refuses to take over objects that exist and belong to nobody or to another release, in Helm's words. */
export async function refuseForeignObjects(
  client: Client,
  objects: readonly ResolvedObject[],
  release: ReleaseName,
): Promise<void> {
  for (const { kind, object } of objects) {
    const present = await client.find(kind, keyOf(object));
    if (present === undefined) continue;
    const problems = ownershipProblems(present.metadata, release);
    if (problems.length === 0) continue;
    const { name, namespace = '' } = present.metadata;
    throw new Error(
      `Unable to continue with install: ${kind.kind} "${name}" in namespace "${namespace}" exists and cannot be imported into the current release: invalid ownership metadata; ${problems.join('; ')}`,
    );
  }
}

function ownershipProblems(
  { labels = {}, annotations = {} }: NonNullable<UnknownObject['metadata']>,
  release: ReleaseName,
): string[] {
  const check = (what: string, present: Record<string, string>, key: string, wanted: string) => {
    if (present[key] === wanted) return [];
    const found =
      present[key] === undefined
        ? `missing key "${key}": must be set to "${wanted}"`
        : `key "${key}" must equal "${wanted}": current value is "${present[key]}"`;
    return [`${what} validation error: ${found}`];
  };
  return [
    ...check('label', labels, managedBy, 'Helm'),
    ...check('annotation', annotations, releaseNameAnnotation, release.name),
    ...check('annotation', annotations, releaseNamespaceAnnotation, release.namespace),
  ];
}
