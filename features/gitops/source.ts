import type { Kind } from '@croft/api/kind';
import { keyOf, type ObjectKey, type Stored } from '@croft/api/object';
import type { ControllerContext, Trigger } from '@croft/controller/controller';
import { WaitingError } from '@croft/controller/outcome';
import type { ArtifactStore } from './artifact/artifact-store.ts';
import { buckets } from './bucket/types.ts';
import { externalArtifacts } from './external-artifact/types.ts';
import { helmCharts } from './helm-chart/types.ts';
import { helmRepositories } from './helm-repository/types.ts';
import { ociRepositories } from './oci-repository/types.ts';
import { type Artifact, gitRepositories, type SourceObject } from './types.ts';

const kinds = {
  GitRepository: gitRepositories,
  OCIRepository: ociRepositories,
  Bucket: buckets,
  HelmRepository: helmRepositories,
  HelmChart: helmCharts,
  ExternalArtifact: externalArtifacts,
} as Record<SourceKind, Kind<SourceObject>>;

export type SourceKind =
  | 'GitRepository'
  | 'OCIRepository'
  | 'Bucket'
  | 'HelmRepository'
  | 'HelmChart'
  | 'ExternalArtifact';

/** Names an object whose artifact is used. */
export interface SourceLink {
  kind: SourceKind;
  name: string;
  /** That of the object that refers to it when left out. */
  namespace?: string;
}

export interface SourceKey extends ObjectKey {
  kind: SourceKind;
}

export interface OpenSource {
  artifact: Artifact;
  /** The folder with the source's files; read only. */
  folder: string;
}

/** The source that an object refers to, as it is known now, and its name for messages. */
export function findSource(
  { informers }: Pick<ControllerContext, 'informers'>,
  { kind, name, namespace: named }: SourceLink,
  { namespace = named }: ObjectKey,
): { object: Stored<SourceObject> | undefined; name: string } {
  const key = { namespace: named ?? namespace, name };
  return { object: informers.of(kinds[kind]).get(key), name: `${kind}/${key.namespace}/${name}` };
}

/** The artifact of the source that an object refers to. Throws WaitingError while the source has none. */
export function getArtifact(
  context: Pick<ControllerContext, 'informers'>,
  reference: SourceLink,
  from: ObjectKey,
): Artifact {
  const { object, name } = findSource(context, reference, from);
  if (object === undefined) throw new WaitingError('ArtifactFailed', `the source ${name} does not exist`);
  const { artifact, conditions } = object.status ?? {};
  if (artifact !== undefined) return artifact;
  const ready = conditions?.find(({ type }) => type === 'Ready');
  throw new WaitingError(
    'ArtifactFailed',
    `the source ${name} has no artifact yet${ready?.message ? `: ${ready.message}` : ''}`,
  );
}

/** The files of the source that an object refers to. Throws WaitingError while the source has none. */
export async function openSource(
  context: Pick<ControllerContext, 'informers'>,
  artifacts: ArtifactStore,
  reference: SourceLink,
  from: ObjectKey,
): Promise<OpenSource> {
  const artifact = getArtifact(context, reference, from);
  return { artifact, folder: await artifacts.open(artifact) };
}

/**
 * A trigger: a source that comes, goes or has a new artifact enqueues the objects that refer to it. Only sources of some
 * kinds are looked at where these are given.
 */
export function onSourceChange(
  referring: (source: SourceKey) => Iterable<ObjectKey>,
  only = Object.keys(kinds) as readonly SourceKind[],
): Trigger {
  const entries = only.map((name) => [name, kinds[name]] as const);
  return {
    synced: async (informers) => {
      await Promise.all(entries.map(([, kind]) => informers.of(kind).synced));
    },
    subscribe: (informers, enqueue) => {
      const stack = new DisposableStack();
      for (const [name, kind] of entries) {
        const subscription = informers.of(kind).onChange(({ type, object, previous }) => {
          if (type === 'modified' && previous !== undefined && isSameSource(previous, object)) return;
          for (const key of referring({ ...keyOf(object), kind: name })) enqueue(key);
        });
        stack.use(subscription);
      }
      return stack;
    },
  };
}

/** A registry has no artifact: where it is and how it is reached is all that it says. */
function isSameSource(before: Stored<SourceObject>, now: Stored<SourceObject>): boolean {
  const [old, artifact] = [before.status?.artifact, now.status?.artifact];
  if (artifact === undefined && before.metadata.generation !== now.metadata.generation) return false;
  return old?.digest === artifact?.digest && old?.revision === artifact?.revision;
}

export function refersTo(
  reference: SourceLink | undefined,
  from: ObjectKey,
  source: ObjectKey & { kind?: string },
): boolean {
  return (
    reference?.name === source.name &&
    (reference.namespace ?? from.namespace) === source.namespace &&
    (source.kind === undefined || reference.kind === source.kind)
  );
}
