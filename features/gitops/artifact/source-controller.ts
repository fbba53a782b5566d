import type { Kind } from '@croft/api/kind';
import { secrets } from '@croft/api/kinds';
import { keyOf, type Stored } from '@croft/api/object';
import {
  type Controller,
  type ControllerContext,
  onChangeOf,
  startController,
  type Trigger,
} from '@croft/controller/controller';
import { createEventRecorder } from '@croft/controller/events';
import { StalledError } from '@croft/controller/outcome';
import { isBeyondStatus, type Pass, reconcileSteps } from '@croft/controller/reconcile-steps';
import { durationMs } from '../duration.ts';
import { ordinarySecrets } from '../ordinary-secrets.ts';
import type { LocalReference, SourceObject } from '../types.ts';
import type { ArtifactStore } from './artifact-store.ts';
import { dropConditions, type SourcePass } from './source-conditions.ts';

const finalizer = 'finalizers.fluxcd.io';
/** For one fetch, and between two where the kind prescribes no interval. */
export const defaultSourceTimeoutMs = 60_000;

export interface SourceControllerOptions<T extends SourceObject> {
  name: string;
  kind: Kind<T>;
  artifacts: ArtifactStore;
  concurrency?: number;
  triggers?: readonly Trigger[];
  /** The references to Secrets in the spec: a change of one leads to a reconcile. */
  secretsOf(spec: NonNullable<T['spec']>): (LocalReference | undefined)[];
  /** Fetches what is there now and sets the artifact (`setArtifact`), or throws and leaves the last one. */
  fetchSource(pass: SourcePass<T>, spec: NonNullable<T['spec']>): Promise<void>;
  /** Lets go of what else was kept for an object that is to be deleted. */
  removeSource?(pass: Pass<T>): Promise<void>;
}

/**
 * A controller of one kind of source, with what they have in common: the artifact that is kept, its URL and its removal.
 * Behaviour of Flux's source-controller: whatever fails, the last good artifact stays.
 */
export function startSourceController<T extends SourceObject>(
  context: ControllerContext,
  options: SourceControllerOptions<T>,
): Controller {
  const { kind, artifacts } = options;
  const events = createEventRecorder({ ...context, component: 'source-controller' });

  async function checkStorage(pass: Pass<T>): Promise<void> {
    const { artifact } = pass.status;
    if (artifact === undefined) return;
    if (await artifacts.isKept(artifact)) {
      artifact.url = await artifacts.urlOf(artifact);
      return;
    }
    context.log.info('an artifact is gone or damaged and is fetched again', { artifact: artifact.path });
    delete pass.status.artifact;
    dropConditions({ ...pass, clock: context.clock }, 'ArtifactInStorage');
  }

  async function fetchSource(pass: Pass<T>): Promise<void> {
    const { spec } = pass.object;
    if (spec === undefined) throw new StalledError('InvalidSpec', 'spec is missing');
    const intervalMs = durationMs(spec.interval, defaultSourceTimeoutMs);
    pass.requeueAfterMs = intervalMs;
    try {
      await options.fetchSource(Object.assign(pass, { clock: context.clock }), spec);
    } catch (error) {
      // What is wrong may be mended at the origin, of which nobody tells.
      if (error instanceof StalledError) error.retryAfterMs = intervalMs;
      throw error;
    }
    const { artifact } = pass.status;
    if (artifact !== undefined && artifact.digest !== pass.object.status?.artifact?.digest)
      await artifacts.prune(artifactName(pass), artifact);
  }

  const readsSecret = (secret: Stored<{ metadata?: { name?: string } }>) =>
    context.informers
      .of(kind)
      .list(secret.metadata.namespace)
      .filter(
        ({ spec }) => spec && options.secretsOf(spec).some((reference) => reference?.name === secret.metadata.name),
      )
      .map(keyOf);

  return startController(context, {
    name: options.name,
    kind,
    isNews: isBeyondStatus,
    ...(options.concurrency === undefined ? {} : { concurrency: options.concurrency }),
    triggers: [onChangeOf(secrets, readsSecret, ordinarySecrets), ...(options.triggers ?? [])],
    reconcile: reconcileSteps(context, {
      kind,
      finalizer,
      steps: [checkStorage, fetchSource],
      finalize: async (pass) => {
        await options.removeSource?.(pass);
        await artifacts.remove(artifactName(pass));
      },
      events,
    }),
  });
}

/** Under which an object's artifacts are kept. */
export function artifactName({ object, key }: Pick<Pass<SourceObject>, 'object' | 'key'>): string {
  return `${object.kind.toLowerCase()}/${key.namespace}/${key.name}`;
}
