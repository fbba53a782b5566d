import { formatKey, keyOf, type Stored } from '@croft/api/object';
import { type Controller, type ControllerContext, startController } from '@croft/controller/controller';
import { createEventRecorder } from '@croft/controller/events';
import { ReasonedError, StalledError, WaitingError } from '@croft/controller/outcome';
import { isBeyondStatus, type Pass, reconcileSteps } from '@croft/controller/reconcile-steps';
import { errorMessage } from '@croft/foundation/errors';
import { jsonEqual } from '@croft/foundation/json';
import { durationMs } from '../duration.ts';
import { parseImageName } from '../image-repository/image-name.ts';
import type { TagStore } from '../image-repository/tag-store.ts';
import type { ImageRepository } from '../image-repository/types.ts';
import { chooseLatest, InvalidPolicy } from './choose-latest.ts';
import { filterTags } from './filter-tags.ts';
import { getRepository, onNewTags, retryMs } from './find-repository.ts';
import { reflectDigest } from './reflect-digest.ts';
import { type ImagePolicy, type ImagePolicySpec, type ImageReference, imagePolicies } from './types.ts';

const defaultIntervalMs = 10 * 60_000;

/** ImagePolicy: chooses the latest of an image's tags. Behaviour of Flux's image-reflector-controller. */
export function startImagePolicyController(context: ControllerContext, tags: TagStore): Controller {
  async function reflectLatest(pass: Pass<ImagePolicy>): Promise<void> {
    const spec = checkSpec(pass.object);
    const repository = await getRepository(context, spec, pass.key);
    const tag = chooseTag(await readTags(tags, repository), spec);
    const known = pass.status.latestRef;
    const latest = await reflectDigest(
      { name: repository.spec?.image ?? '', tag },
      { client: context.client, policy: spec.digestReflectionPolicy, repository, known, signal: pass.signal },
    );
    const isNew = !jsonEqual(known, latest);
    if (isNew && known !== undefined) pass.status.observedPreviousRef = known;
    pass.status.latestRef = latest;
    pass.status.latestImage = `${latest.name}:${latest.tag}`;
    pass.ready = { reason: 'Succeeded', message: describe(latest, pass.status.observedPreviousRef) };
    if (isNew) pass.events.push({ type: 'Normal', ...pass.ready });
    if (spec.digestReflectionPolicy === 'Always') pass.requeueAfterMs = durationMs(spec.interval, defaultIntervalMs);
  }

  return startController(context, {
    name: 'image-policy',
    kind: imagePolicies,
    triggers: [onNewTags(context)],
    isNews: isBeyondStatus,
    reconcile: reconcileSteps(context, {
      kind: imagePolicies,
      finalizer: 'finalizers.fluxcd.io',
      steps: [reflectLatest],
      finalize: async () => {},
      events: createEventRecorder({ ...context, component: 'image-reflector-controller' }),
    }),
  });
}

function checkSpec({ spec }: ImagePolicy): ImagePolicySpec {
  if (spec === undefined) throw new StalledError('InvalidSpec', 'spec is missing');
  if (spec.digestReflectionPolicy !== 'Always' || spec.interval !== undefined) return spec;
  const problem = "spec.interval must be set when spec.digestReflectionPolicy is set to 'Always'";
  throw new StalledError('IntervalNotConfigured', problem);
}

/** The tags that were found for the image which the repository names now. */
async function readTags(tags: TagStore, repository: Stored<ImageRepository>): Promise<string[]> {
  const { spec, status, metadata } = repository;
  const isOfThisImage = spec !== undefined && status?.canonicalImageName === canonicalName(spec.image);
  const found = (isOfThisImage ? await tags.readTags(metadata.uid) : undefined) ?? [];
  if (found.length > 0) return found;
  const name = formatKey(keyOf(repository));
  throw new WaitingError('DependencyNotReady', `the ImageRepository ${name} has found no tags yet`, retryMs);
}

function canonicalName(image: string): string {
  try {
    return parseImageName(image).canonical;
  } catch (error) {
    throw new StalledError('ImageURLInvalid', errorMessage(error));
  }
}

function chooseTag(tags: readonly string[], { policy, filterTags: filter }: ImagePolicySpec): string {
  try {
    if (filter === undefined) return chooseLatest(tags, policy);
    const compared = filterTags(tags, filter);
    const latest = chooseLatest([...compared.keys()], policy);
    return compared.get(latest) ?? latest;
  } catch (error) {
    if (error instanceof InvalidPolicy) throw new StalledError('InvalidPolicy', error.message);
    throw new ReasonedError('Failure', errorMessage(error), { cause: error });
  }
}

function describe({ name, tag, digest }: ImageReference, previous: ImageReference | undefined): string {
  const text = (reference: ImageReference) =>
    `${reference.name}:${reference.tag}${reference.digest === undefined ? '' : `@${reference.digest}`}`;
  const withDigest = digest === undefined ? '' : ` with digest ${digest}`;
  const before = previous === undefined ? '' : ` (previously ${text(previous)})`;
  return `Latest image tag for ${name} resolved to ${tag}${withDigest}${before}`;
}
