import { secrets } from '@croft/api/kinds';
import { keyOf } from '@croft/api/object';
import { isTrue } from '@croft/controller/conditions';
import { type Controller, type ControllerContext, onChangeOf, startController } from '@croft/controller/controller';
import { createEventRecorder } from '@croft/controller/events';
import { ReasonedError, StalledError } from '@croft/controller/outcome';
import { isBeyondStatus, type Pass, reconcileSteps, requestedAtAnnotation } from '@croft/controller/reconcile-steps';
import { formatTime } from '@croft/foundation/clock';
import { errorMessage } from '@croft/foundation/errors';
import { jsonEqual } from '@croft/foundation/json';
import { fetchTags } from '@croft/repository/oci/tags';
import { compilePattern } from '@croft/schema/patterns';
import { durationMs } from '../duration.ts';
import { ordinarySecrets } from '../ordinary-secrets.ts';
import { type ImageName, parseImageName } from './image-name.ts';
import { openImageRegistry } from './open-registry.ts';
import type { TagStore } from './tag-store.ts';
import { type ImageRepository, type ImageRepositorySpec, imageRepositories } from './types.ts';

const defaultIntervalMs = 5 * 60_000;
const shownTags = 10;
const defaultExclusions = ['^.*\\.sig$'];

/** ImageRepository: lists the tags of an image from time to time. Behaviour of Flux's image-reflector-controller. */
export function startImageRepositoryController(context: ControllerContext, tags: TagStore): Controller {
  const { client, informers, clock } = context;

  async function scanWhenDue(pass: Pass<ImageRepository>): Promise<void> {
    const { spec } = pass.object;
    if (spec === undefined) throw new StalledError('InvalidSpec', 'spec is missing');
    const name = readName(spec);
    const intervalMs = durationMs(spec.interval, defaultIntervalMs);
    if (await isDue(pass, spec, name, intervalMs)) await scan(pass, spec, name);
    const { revision = '', tagCount = 0, scanTime = '' } = pass.status.lastScanResult ?? {};
    pass.ready = { reason: 'Succeeded', message: `successful scan: found ${tagCount} tags with checksum ${revision}` };
    pass.requeueAfterMs = Math.max(1000, Date.parse(scanTime) + intervalMs - clock.now());
  }

  async function isDue(
    { object, status }: Pass<ImageRepository>,
    spec: ImageRepositorySpec,
    { canonical }: ImageName,
    intervalMs: number,
  ): Promise<boolean> {
    const { lastScanResult, canonicalImageName, observedExclusionList, conditions, observedGeneration } = status;
    const requestedAt = object.metadata.annotations?.[requestedAtAnnotation];
    return (
      lastScanResult === undefined ||
      (requestedAt !== undefined && requestedAt !== status.lastHandledReconcileAt) ||
      canonicalImageName !== canonical ||
      !jsonEqual(observedExclusionList, exclusionsOf(spec)) ||
      // A way that failed is tried again, and so is another way.
      !isTrue(conditions, 'Ready') ||
      observedGeneration !== object.metadata.generation ||
      Date.parse(lastScanResult.scanTime) + intervalMs - clock.now() < 1000 ||
      (await tags.readTags(object.metadata.uid)) === undefined
    );
  }

  async function scan(pass: Pass<ImageRepository>, spec: ImageRepositorySpec, name: ImageName): Promise<void> {
    const excluded = compileExclusions(spec);
    const timeoutMs = Math.max(1000, durationMs(spec.timeout ?? spec.interval, defaultIntervalMs));
    const options = { client, namespace: pass.key.namespace, spec, timeoutMs, signal: pass.signal };
    const registry = await openImageRegistry(name, options);
    const found = await fetchTags(registry, name.repository).catch((error: unknown) => {
      if (pass.signal.aborted) throw error;
      throw new ReasonedError('ReadOperationFailed', `scan failed: ${errorMessage(error)}`, { cause: error });
    });
    const kept = found.filter((tag) => !excluded.some((pattern) => pattern.matcher(tag).find()));
    kept.sort((a, b) => (a < b ? 1 : a > b ? -1 : 0));
    const revision = await tags.writeTags(pass.object.metadata.uid, kept);
    const previous = pass.status.lastScanResult?.revision;
    pass.status.lastScanResult = {
      revision,
      tagCount: kept.length,
      scanTime: formatTime(clock.now()),
      ...(kept.length === 0 ? {} : { latestTags: kept.slice(0, shownTags) }),
    };
    pass.status.canonicalImageName = name.canonical;
    pass.status.observedExclusionList = exclusionsOf(spec);
    if (previous === revision) return;
    const message = `successful scan: found ${kept.length} tags with checksum ${revision}`;
    pass.events.push({ type: 'Normal', reason: 'Succeeded', message });
  }

  return startController(context, {
    name: 'image-repository',
    kind: imageRepositories,
    triggers: [
      onChangeOf(
        secrets,
        ({ metadata }) =>
          informers
            .of(imageRepositories)
            .list(metadata.namespace)
            .filter(({ spec }) =>
              [spec?.secretRef, spec?.certSecretRef, spec?.proxySecretRef].some(
                (named) => named?.name === metadata.name,
              ),
            )
            .map(keyOf),
        ordinarySecrets,
      ),
    ],
    isNews: isBeyondStatus,
    reconcile: reconcileSteps(context, {
      kind: imageRepositories,
      finalizer: 'finalizers.fluxcd.io',
      steps: [scanWhenDue],
      finalize: async ({ object }) => await tags.removeTags(object.metadata.uid),
      events: createEventRecorder({ ...context, component: 'image-reflector-controller' }),
    }),
  });
}

function readName({ image }: ImageRepositorySpec): ImageName {
  try {
    return parseImageName(image);
  } catch (error) {
    throw new StalledError('ImageURLInvalid', errorMessage(error));
  }
}

function exclusionsOf({ exclusionList = [] }: ImageRepositorySpec): string[] {
  return exclusionList.length === 0 ? defaultExclusions : exclusionList;
}

function compileExclusions(spec: ImageRepositorySpec) {
  return exclusionsOf(spec).map((pattern) => {
    const compiled = compilePattern(pattern);
    if (compiled instanceof Error)
      throw new StalledError('InvalidExclusionList', `exclusionList: '${pattern}' is no regular expression`);
    return compiled;
  });
}
