import type { ObjectKey } from '@croft/api/object';
import type { ControllerContext, Trigger } from '@croft/controller/controller';
import { onChangeOf } from '@croft/controller/controller';
import { WaitingError } from '@croft/controller/outcome';
import type { ArtifactStore } from './artifact/artifact-store.ts';
import { type Artifact, gitRepositories, type SourceReference } from './types.ts';

export interface OpenSource {
  artifact: Artifact;
  /** The folder with the source's files; read only. */
  folder: string;
}

/** The files of the source that an object refers to. Throws WaitingError while the source has none. */
export async function openSource(
  context: ControllerContext,
  artifacts: ArtifactStore,
  reference: SourceReference,
  from: ObjectKey,
): Promise<OpenSource> {
  const key = { namespace: reference.namespace ?? from.namespace, name: reference.name };
  const source = context.informers.of(gitRepositories).get(key);
  const name = `${reference.kind}/${key.namespace}/${key.name}`;
  if (source === undefined) throw new WaitingError('ArtifactFailed', `the source ${name} does not exist`);
  const artifact = source.status?.artifact;
  if (artifact === undefined) {
    const ready = source.status?.conditions?.find(({ type }) => type === 'Ready');
    throw new WaitingError(
      'ArtifactFailed',
      `the source ${name} has no artifact yet${ready?.message ? `: ${ready.message}` : ''}`,
    );
  }
  return { artifact, folder: await artifacts.open(artifact) };
}

/** A trigger: a source with a new artifact enqueues the objects that refer to it. */
export function onSourceChange(referring: (source: ObjectKey) => Iterable<ObjectKey>): Trigger {
  const seen = new Map<string, string | undefined>();
  return onChangeOf(gitRepositories, ({ metadata, status }) => {
    const digest = status?.artifact?.digest;
    if (seen.get(metadata.uid) === digest && metadata.deletionTimestamp === undefined) return [];
    seen.set(metadata.uid, digest);
    return referring({ namespace: metadata.namespace, name: metadata.name });
  });
}

export function refersTo(reference: SourceReference | undefined, from: ObjectKey, source: ObjectKey): boolean {
  return reference?.name === source.name && (reference.namespace ?? from.namespace) === source.namespace;
}
