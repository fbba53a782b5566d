import { namespaces } from '@croft/api/kinds';
import { matchesLabelSelector } from '@croft/api/label-selector';
import { formatKey, keyOf, type ObjectKey, type Stored } from '@croft/api/object';
import {
  type Controller,
  type ControllerContext,
  onChangeOf,
  startController,
  type Trigger,
} from '@croft/controller/controller';
import { createEventRecorder } from '@croft/controller/events';
import { ReasonedError, StalledError, WaitingError } from '@croft/controller/outcome';
import { isBeyondStatus, type Pass, reconcileSteps } from '@croft/controller/reconcile-steps';
import { errorMessage } from '@croft/foundation/errors';
import { jsonEqual } from '@croft/foundation/json';
import { findDigest } from '@croft/repository/oci/manifest';
import { durationMs } from '../duration.ts';
import { parseImageName } from '../image-repository/image-name.ts';
import { openImageRegistry } from '../image-repository/open-registry.ts';
import type { TagStore } from '../image-repository/tag-store.ts';
import { type ImageRepository, imageRepositories } from '../image-repository/types.ts';
import { chooseLatest, InvalidPolicy } from './choose-latest.ts';
import { filterTags } from './filter-tags.ts';
import { type ImagePolicy, type ImagePolicySpec, type ImageReference, imagePolicies } from './types.ts';

const scanTimeoutMs = 60_000;
/** How soon a policy looks again for tags that are not there yet; a scan wakes it before. */
const retryMs = 30_000;

/** ImagePolicy: chooses the latest of an image's tags. Behaviour of Flux's image-reflector-controller. */
export function startImagePolicyController(context: ControllerContext, tags: TagStore): Controller {
  const { client, informers } = context;

  async function reflectLatest(pass: Pass<ImagePolicy>): Promise<void> {
    const { spec } = pass.object;
    if (spec === undefined) throw new StalledError('InvalidSpec', 'spec is missing');
    if (spec.digestReflectionPolicy === 'Always' && spec.interval === undefined)
      throw new StalledError(
        'IntervalNotConfigured',
        "spec.interval must be set when spec.digestReflectionPolicy is set to 'Always'",
      );
    const repository = await getRepository(pass, spec);
    const tag = choose(await readTags(repository), spec);
    const latest = await reflectDigest(pass, spec, repository, { name: repository.spec?.image ?? '', tag });
    const previous = pass.status.latestRef;
    if (!jsonEqual(previous, latest)) {
      if (previous !== undefined) pass.status.observedPreviousRef = previous;
      pass.status.latestRef = latest;
    }
    pass.status.latestImage = `${latest.name}:${latest.tag}`;
    pass.ready = { reason: 'Succeeded', message: describe(latest, pass.status.observedPreviousRef) };
    if (!jsonEqual(previous, latest)) pass.events.push({ type: 'Normal', ...pass.ready });
    if (spec.digestReflectionPolicy === 'Always') pass.requeueAfterMs = durationMs(spec.interval, 10 * 60_000);
  }

  async function getRepository(pass: Pass<ImagePolicy>, spec: ImagePolicySpec): Promise<Stored<ImageRepository>> {
    const key = repositoryKey(spec, pass.key);
    const repository = informers.of(imageRepositories).get(key);
    if (repository === undefined)
      throw new WaitingError('DependencyNotReady', `the ImageRepository ${formatKey(key)} does not exist`, retryMs);
    if (key.namespace === pass.key.namespace || (await isAdmitted(repository, pass.key))) return repository;
    const problem = `accessFrom of the ImageRepository ${formatKey(key)} does not admit the namespace ${pass.key.namespace}`;
    throw new ReasonedError('AccessDenied', problem);
  }

  async function isAdmitted({ spec }: ImageRepository, { namespace = '' }: ObjectKey): Promise<boolean> {
    const selectors = spec?.accessFrom?.namespaceSelectors ?? [];
    if (selectors.length === 0) return false;
    const { metadata } = await client.get(namespaces, { name: namespace });
    return selectors.some((selector) => matchesLabelSelector(selector, metadata.labels));
  }

  async function readTags(repository: Stored<ImageRepository>): Promise<string[]> {
    const { spec, status, metadata } = repository;
    const isOfThisImage = spec !== undefined && status?.canonicalImageName === canonicalName(spec.image);
    const found = (isOfThisImage ? await tags.readTags(metadata.uid) : undefined) ?? [];
    if (found.length > 0) return found;
    const name = formatKey(keyOf(repository));
    throw new WaitingError('DependencyNotReady', `the ImageRepository ${name} has found no tags yet`, retryMs);
  }

  /** The digest as the policy of reflection wants it: none, that of the first look, or that of now. */
  async function reflectDigest(
    pass: Pass<ImagePolicy>,
    { digestReflectionPolicy: policy = 'Never' }: ImagePolicySpec,
    repository: Stored<ImageRepository>,
    latest: ImageReference,
  ): Promise<ImageReference> {
    const known = pass.status.latestRef;
    if (policy === 'Never') return latest;
    const isKnown = known?.name === latest.name && known.tag === latest.tag && known.digest !== undefined;
    return policy === 'IfNotPresent' && isKnown ? known : await withDigest(pass, repository, latest);
  }

  async function withDigest(
    pass: Pass<ImagePolicy>,
    { spec, metadata: { namespace } }: Stored<ImageRepository>,
    latest: ImageReference,
  ): Promise<ImageReference> {
    if (spec === undefined) return latest;
    const name = parseImageName(spec.image);
    const timeoutMs = durationMs(spec.timeout ?? spec.interval, scanTimeoutMs);
    const registry = await openImageRegistry(name, { client, namespace, spec, timeoutMs, signal: pass.signal });
    const fail = (problem: string) =>
      new ReasonedError('ReadOperationFailed', `failed fetching digest of ${latest.name}:${latest.tag}: ${problem}`);
    const digest = await findDigest(registry, name.repository, latest.tag).catch((error: unknown) => {
      throw pass.signal.aborted ? error : fail(errorMessage(error));
    });
    if (digest === undefined) throw fail('there is no such tag any more');
    return { ...latest, digest };
  }

  return startController(context, {
    name: 'image-policy',
    kind: imagePolicies,
    triggers: [onNewTags((repository) => policiesOf(context, repository))],
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

function canonicalName(image: string): string {
  try {
    return parseImageName(image).canonical;
  } catch (error) {
    throw new StalledError('ImageURLInvalid', errorMessage(error));
  }
}

function choose(tags: readonly string[], { policy, filterTags: filter }: ImagePolicySpec): string {
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

function repositoryKey({ imageRepositoryRef: { name, namespace } }: ImagePolicySpec, from: ObjectKey): ObjectKey {
  return { namespace: namespace ?? from.namespace, name };
}

function policiesOf({ informers }: ControllerContext, repository: ObjectKey): ObjectKey[] {
  return informers
    .of(imagePolicies)
    .list()
    .filter(({ spec, metadata }) => spec && formatKey(repositoryKey(spec, metadata)) === formatKey(repository))
    .map(keyOf);
}

/** A trigger: an ImageRepository that found other tags, or whose spec changed, enqueues its policies. */
function onNewTags(policies: (repository: ObjectKey) => Iterable<ObjectKey>): Trigger {
  const seen = new Map<string, string>();
  return onChangeOf(imageRepositories, ({ metadata, status }) => {
    const state = `${metadata.generation} ${status?.canonicalImageName} ${status?.lastScanResult?.revision}`;
    if (seen.get(metadata.uid) === state && metadata.deletionTimestamp === undefined) return [];
    if (metadata.deletionTimestamp === undefined) seen.set(metadata.uid, state);
    else seen.delete(metadata.uid);
    return policies(keyOf({ metadata }));
  });
}
