import { findCondition, isTrue, withCondition, withoutCondition } from '@croft/controller/conditions';
import { ReasonedError, StalledError, WaitingError } from '@croft/controller/outcome';
import type { Pass } from '@croft/controller/reconcile-steps';
import type { Clock } from '@croft/foundation/clock';
import { errorMessage } from '@croft/foundation/errors';
import type { Artifact, SourceObject } from '../types.ts';

/** Conditions of Flux's sources that are present only while something is wrong. */
export type Trouble = 'FetchFailed' | 'BuildFailed' | 'StorageOperationFailed' | 'IncludeUnavailable';

const troubles: readonly Trouble[] = ['FetchFailed', 'BuildFailed', 'StorageOperationFailed', 'IncludeUnavailable'];

/** A source in the middle of its pass, with the clock for its conditions. */
export interface SourcePass<T extends SourceObject> extends Pass<T> {
  readonly clock: Clock;
}

type AnySource = SourcePass<SourceObject>;

export function setCondition(
  pass: AnySource,
  type: string,
  status: 'True' | 'False',
  reason: string,
  message: string,
): void {
  const observedGeneration = pass.object.metadata.generation ?? 1;
  const condition = { type, status, reason, message, observedGeneration };
  pass.status.conditions = withCondition(pass.status.conditions, condition, pass.clock.now());
}

export function dropConditions(pass: AnySource, ...types: readonly string[]): void {
  for (const type of types) pass.status.conditions = withoutCondition(pass.status.conditions, type);
}

/**
 * Does a part of the work whose failure shows as this condition; the condition goes when it succeeds. The error gets this
 * reason unless it has one of its own.
 */
export async function under<T>(pass: AnySource, trouble: Trouble, reason: string, work: () => Promise<T>): Promise<T> {
  try {
    const result = await work();
    dropConditions(pass, trouble);
    return result;
  } catch (error) {
    if (pass.signal.aborted) throw error;
    const hasReason = error instanceof ReasonedError || error instanceof StalledError || error instanceof WaitingError;
    const reasoned = hasReason ? error : new ReasonedError(reason, errorMessage(error), { cause: error });
    setCondition(pass, trouble, 'True', reasoned.reason, reasoned.message);
    throw reasoned;
  }
}

export interface ArtifactNews {
  /** Of the conditions; `Succeeded` when left out. */
  reason?: string;
  /** What the event says, where that is more than the conditions' message. */
  told?: string;
}

/** Notes that this is the artifact now, and tells of it when it is new or when something was wrong before. */
export function setArtifact(
  pass: AnySource,
  artifact: Artifact,
  message: string,
  { reason = 'Succeeded', told = message }: ArtifactNews = {},
): void {
  const before = pass.object.status;
  pass.status.artifact = artifact;
  dropConditions(pass, ...troubles, 'ArtifactOutdated');
  setCondition(pass, 'ArtifactInStorage', 'True', reason, message);
  pass.ready = { reason, message };
  if (before?.artifact?.digest !== artifact.digest || before.artifact.revision !== artifact.revision)
    pass.events.push({ type: 'Normal', reason: 'NewArtifact', message: told });
  else if (troubles.some((trouble) => isTrue(before.conditions, trouble)))
    pass.events.push({ type: 'Normal', reason: 'Succeeded', message: told });
}

/** Notes that there is something newer than the artifact, and shows that it is being fetched. */
export async function announceNew(pass: AnySource, message: string): Promise<void> {
  if (
    pass.status.artifact !== undefined &&
    findCondition(pass.status.conditions, 'ArtifactOutdated')?.message !== message
  )
    setCondition(pass, 'ArtifactOutdated', 'True', 'NewRevision', message);
  await pass.progress(`building artifact: ${message}`);
}
