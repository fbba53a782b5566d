import { StalledError } from '@croft/controller/outcome';
import { errorMessage } from '@croft/foundation/errors';
import { findDigest } from '@croft/repository/oci/manifest';
import { parseReference, type Reference } from '@croft/repository/oci/reference';
import type { Registry } from '@croft/repository/oci/registry';
import { chooseTag, fetchTags, versionTags } from '@croft/repository/oci/tags';
import { RE2JS } from 're2js';
import type { OciRepositorySpec } from './types.ts';

/** What spec.url names: registry and repository. Throws StalledError. */
export function parseRepositoryUrl(url: string): Reference {
  const fail = (problem: string) => new StalledError('URLInvalid', `spec.url "${url}": ${problem}`);
  let reference: Reference;
  try {
    reference = parseReference(url);
  } catch (error) {
    throw fail(errorMessage(error));
  }
  if (reference.tag !== '' || reference.digest !== '') throw fail('it must not name a tag or a digest: use spec.ref');
  return reference;
}

export interface ChosenArtifact {
  digest: string;
  /** `tag@sha256:...`, or the digest alone. */
  revision: string;
}

/** What spec.ref means now. Throws FetchError, and what it lacks. */
export async function chooseArtifact(
  registry: Registry,
  { repository }: Reference,
  { ref = {} }: OciRepositorySpec,
): Promise<ChosenArtifact> {
  if (ref.digest !== undefined) return { digest: ref.digest, revision: ref.digest };
  const tag =
    ref.semver === undefined
      ? (ref.tag ?? 'latest')
      : await newestTag(registry, repository, ref.semver, ref.semverFilter);
  const digest = await findDigest(registry, repository, tag);
  if (digest === undefined) throw new Error(`${registry.host}/${repository} has no tag "${tag}"`);
  return { digest, revision: `${tag}@${digest}` };
}

async function newestTag(
  registry: Registry,
  repository: string,
  range: string,
  filter: string | undefined,
): Promise<string> {
  const all = await fetchTags(registry, repository);
  const pattern = filter === undefined ? undefined : RE2JS.compile(filter);
  const versions = versionTags(
    all.filter((tag) => pattern === undefined || pattern.matcher(tag).find()),
    { allowV: true },
  );
  const found = chooseTag(versions, range);
  if (found === undefined) {
    const newest = versions[0] === undefined ? '' : ` up to ${versions[0].tag}`;
    throw new Error(`${registry.host}/${repository}: none of its ${versions.length} versions${newest} fits "${range}"`);
  }
  return found.tag;
}
