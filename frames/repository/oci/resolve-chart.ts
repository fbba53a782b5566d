import { findVersion } from '@croft/helm/semver/version';
import { findDigest } from './manifest.ts';
import { type Reference, versionTag } from './reference.ts';
import type { Registry } from './registry.ts';
import { chooseTag, fetchTags, versionTags } from './tags.ts';

/**
 * The one version of a chart that a reference and a version or range name, as Helm decides: a version is taken as it is, a
 * range and '' are looked up among the tags. Throws in Helm's words.
 */
export async function resolveChart(registry: Registry, reference: Reference, range: string): Promise<Reference> {
  const { host, repository, tag, digest } = reference;
  const wanted = range === '' ? tag : range;
  if (range !== '' && tag !== '' && tag !== versionTag(range)) {
    throw new Error(`chart reference and version mismatch: ${range} is not ${tag}`);
  }
  if (digest !== '') {
    const named = wanted === '' ? undefined : await findDigest(registry, repository, versionTag(wanted));
    // The digest need not have a tag.
    if (named !== undefined && named !== digest) {
      throw new Error(`chart reference digest mismatch: ${named} is not ${digest}`);
    }
    return reference;
  }
  if (findVersion(wanted.replaceAll('_', '+')) !== undefined) return { ...reference, tag: versionTag(wanted) };
  const tags = versionTags(await fetchTags(registry, repository));
  if (tags.length === 0) {
    throw new Error(`Unable to locate any tags in provided repository: oci://${host}/${repository}`);
  }
  const found = chooseTag(tags, wanted);
  if (found === undefined) {
    throw new Error(
      `Could not locate a version matching provided version string ${wanted} in oci://${host}/${repository}, which has ${tags.length} versions up to ${tags[0]?.version}`,
    );
  }
  return { ...reference, tag: found.tag };
}
