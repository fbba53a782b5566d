import type { Stored } from '@croft/api/object';
import type { Client } from '@croft/client/client';
import { ReasonedError } from '@croft/controller/outcome';
import { errorMessage } from '@croft/foundation/errors';
import { findDigest } from '@croft/repository/oci/manifest';
import { durationMs } from '../duration.ts';
import { parseImageName } from '../image-repository/image-name.ts';
import { openImageRegistry } from '../image-repository/open-registry.ts';
import type { ImageRepository } from '../image-repository/types.ts';
import type { ImagePolicySpec, ImageReference } from './types.ts';

const defaultTimeoutMs = 60_000;

export interface ReflectOptions {
  client: Client;
  policy: ImagePolicySpec['digestReflectionPolicy'];
  repository: Stored<ImageRepository>;
  /** What the policy had chosen before. */
  known: ImageReference | undefined;
  signal: AbortSignal;
}

/** The image with its digest as the policy wants it: none, that of the first look, or that of now. Throws ReasonedError. */
export async function reflectDigest(latest: ImageReference, options: ReflectOptions): Promise<ImageReference> {
  const { policy = 'Never', known } = options;
  if (policy === 'Never') return latest;
  const isKnown = known?.name === latest.name && known.tag === latest.tag && known.digest !== undefined;
  if (policy === 'IfNotPresent' && isKnown) return known;
  return { ...latest, digest: await fetchDigest(latest, options) };
}

async function fetchDigest({ name, tag }: ImageReference, options: ReflectOptions): Promise<string> {
  const { client, signal, repository } = options;
  const { spec, metadata } = repository;
  const fail = (problem: string) =>
    new ReasonedError('ReadOperationFailed', `failed fetching digest of ${name}:${tag}: ${problem}`);
  if (spec === undefined) throw fail('the ImageRepository has no spec');
  const image = parseImageName(name);
  const timeoutMs = durationMs(spec.timeout ?? spec.interval, defaultTimeoutMs);
  const registry = await openImageRegistry(image, { client, namespace: metadata.namespace, spec, timeoutMs, signal });
  const digest = await findDigest(registry, image.repository, tag).catch((error: unknown) => {
    throw signal.aborted ? error : fail(errorMessage(error));
  });
  if (digest === undefined) throw fail('there is no such tag any more');
  return digest;
}
