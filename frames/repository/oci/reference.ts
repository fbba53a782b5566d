import { createHash } from 'node:crypto';
import { sha256Hex } from '@croft/foundation/digest';

/** What `oci://HOST/REPOSITORY:TAG@DIGEST` names; tag and digest are '' when they are left out. */
export interface Reference {
  /** Host and port. */
  host: string;
  repository: string;
  /** As the registry knows it: `_` stands for the `+` of a version. */
  tag: string;
  digest: string;
}

const hostPattern = /^[a-zA-Z0-9.-]+(:[0-9]{1,5})?$|^\[[0-9a-fA-F:.]+\](:[0-9]{1,5})?$/;
const repositoryPattern = /^[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(\/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*$/;
const tagPattern = /^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$/;
const digestPattern = /^(sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/;

export function isOci(url: string): boolean {
  return url.startsWith('oci://');
}

/** Reads a reference, with `oci://` or without. Throws when a part of it is not allowed. */
export function parseReference(text: string): Reference {
  const raw = text.replace(/^oci:\/\//, '');
  const at = raw.lastIndexOf('@');
  const digest = at < 0 ? '' : raw.slice(at + 1);
  const named = at < 0 ? raw : raw.slice(0, at);
  const slash = named.indexOf('/');
  const colon = named.lastIndexOf(':');
  const hasTag = colon > slash;
  const reference = {
    host: named.slice(0, Math.max(slash, 0)),
    repository: named.slice(slash + 1, hasTag ? colon : undefined),
    tag: hasTag ? versionTag(named.slice(colon + 1)) : '',
    digest,
  };
  const fail = (problem: string) => new Error(`invalid reference ${JSON.stringify(text)}: ${problem}`);
  if (slash < 0) throw fail('missing registry or repository');
  if (!hostPattern.test(reference.host)) throw fail(`invalid registry ${JSON.stringify(reference.host)}`);
  if (!repositoryPattern.test(reference.repository)) {
    throw fail(
      `invalid repository ${JSON.stringify(reference.repository)}: lower case letters, digits and . _ - / only`,
    );
  }
  if (hasTag && !tagPattern.test(reference.tag)) throw fail(`invalid tag ${JSON.stringify(reference.tag)}`);
  if (at >= 0 && !digestPattern.test(digest)) throw fail(`invalid digest ${JSON.stringify(digest)}`);
  return reference;
}

/** The reference as Helm prints it. */
export function formatReference({ host, repository, tag, digest }: Reference): string {
  return `${host}/${repository}${tag === '' ? (digest === '' ? '' : `@${digest}`) : `:${tag}`}`;
}

/** A tag cannot hold the `+` of a version; `_` stands for it. */
export function versionTag(version: string): string {
  return version.replaceAll('+', '_');
}

/** What is said when a version has a `+`. */
export const UNDERSCORE_NOTE =
  'A tag in a registry cannot hold the plus sign (+) of a version: it is stored as an underscore (_), and read back as a plus sign.';

/** Whether the data has the digest, which is of SHA-256 or SHA-512. */
export function hasDigest(data: Uint8Array, digest: string): boolean {
  const [algorithm, expected] = digest.split(':');
  const actual = algorithm === 'sha512' ? createHash('sha512').update(data).digest('hex') : sha256Hex(data);
  return actual === expected;
}
