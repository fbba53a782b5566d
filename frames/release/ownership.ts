import { keyOf, type UnknownObject } from '@croft/api/object';
import type { Client } from '@croft/client/client';
import { errorMessage } from '@croft/foundation/errors';
import type { ResolvedObject } from './objects.ts';
import type { ReleaseName } from './record-store.ts';

const managedBy = 'app.kubernetes.io/managed-by';
const releaseNameAnnotation = 'meta.helm.sh/release-name';
const releaseNamespaceAnnotation = 'meta.helm.sh/release-namespace';

/** The object with the marks by which Helm knows its own. */
export function withOwnership({ kind, object }: ResolvedObject, { name, namespace }: ReleaseName): ResolvedObject {
  const { labels, annotations } = object.metadata ?? {};
  const metadata = {
    ...object.metadata,
    labels: { ...labels, [managedBy]: 'Helm' },
    annotations: { ...annotations, [releaseNameAnnotation]: name, [releaseNamespaceAnnotation]: namespace },
  };
  return { kind, object: { ...object, metadata } };
}

/** The live object; undefined when there is none. Throws when it has no name. */
export async function findLive(client: Client, { kind, object }: ResolvedObject): Promise<UnknownObject | undefined> {
  return await client.find(kind, keyOf(object));
}

/**
 * Those of the objects that are there already and become the release's. Throws, in Helm's words, when one of them belongs to
 * nobody or to another release, unless they are to be taken over.
 */
export async function adoptObjects(
  client: Client,
  objects: readonly ResolvedObject[],
  release: ReleaseName,
  takeOwnership: boolean,
): Promise<ResolvedObject[]> {
  const present: ResolvedObject[] = [];
  for (const resolved of objects) {
    const name = describeResolved(resolved);
    const live = await findLive(client, resolved).catch((error: unknown) => {
      throw new Error(`could not get information about the resource ${name}: ${errorMessage(error)}`, { cause: error });
    });
    if (live === undefined) continue;
    const problems = takeOwnership ? [] : ownershipProblems(live.metadata ?? {}, release);
    if (problems.length > 0) {
      const why = ['invalid ownership metadata', ...problems].join('; ');
      throw new Error(`${name} exists and cannot be imported into the current release: ${why}`);
    }
    present.push(resolved);
  }
  return present;
}

function describeResolved({ kind, object }: ResolvedObject): string {
  const { name, namespace = '' } = keyOf(object);
  return `${kind.kind} "${name}" in namespace "${namespace}"`;
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
