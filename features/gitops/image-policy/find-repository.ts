import { namespaces } from '@croft/api/kinds';
import { matchesLabelSelector } from '@croft/api/label-selector';
import { formatKey, keyOf, type ObjectKey, type Stored } from '@croft/api/object';
import { type ControllerContext, onChangeOf, type Trigger } from '@croft/controller/controller';
import { ReasonedError, WaitingError } from '@croft/controller/outcome';
import { type ImageRepository, imageRepositories } from '../image-repository/types.ts';
import { type ImagePolicySpec, imagePolicies } from './types.ts';

/** How soon a policy looks again for what is not there yet; a scan wakes it before. */
export const retryMs = 30_000;

/** The ImageRepository that a policy refers to. Throws WaitingError while it is absent, ReasonedError when it is closed. */
export async function getRepository(
  { client, informers }: ControllerContext,
  spec: ImagePolicySpec,
  from: ObjectKey,
): Promise<Stored<ImageRepository>> {
  const key = repositoryKey(spec, from);
  const repository = informers.of(imageRepositories).get(key);
  if (repository === undefined)
    throw new WaitingError('DependencyNotReady', `the ImageRepository ${formatKey(key)} does not exist`, retryMs);
  if (key.namespace === from.namespace) return repository;
  const selectors = repository.spec?.accessFrom?.namespaceSelectors ?? [];
  const { metadata } = await client.get(namespaces, { name: from.namespace ?? '' });
  if (selectors.some((selector) => matchesLabelSelector(selector, metadata.labels))) return repository;
  const problem = `accessFrom of the ImageRepository ${formatKey(key)} does not admit the namespace ${from.namespace}`;
  throw new ReasonedError('AccessDenied', problem);
}

/** A trigger: an ImageRepository that found other tags, or whose spec changed, enqueues its policies. */
export function onNewTags({ informers }: ControllerContext): Trigger {
  const seen = new Map<string, string>();
  return onChangeOf(imageRepositories, ({ metadata, status }) => {
    const state = `${metadata.generation} ${status?.canonicalImageName} ${status?.lastScanResult?.revision}`;
    if (seen.get(metadata.uid) === state && metadata.deletionTimestamp === undefined) return [];
    if (metadata.deletionTimestamp === undefined) seen.set(metadata.uid, state);
    else seen.delete(metadata.uid);
    const changed = formatKey(keyOf({ metadata }));
    return informers
      .of(imagePolicies)
      .list()
      .filter((policy) => policy.spec && formatKey(repositoryKey(policy.spec, policy.metadata)) === changed)
      .map(keyOf);
  });
}

function repositoryKey({ imageRepositoryRef: { name, namespace } }: ImagePolicySpec, from: ObjectKey): ObjectKey {
  return { namespace: namespace ?? from.namespace, name };
}
