import type { Client } from '@croft/client/client';
import { ReasonedError, StalledError } from '@croft/controller/outcome';
import { errorMessage } from '@croft/foundation/errors';
import { readSecretFields } from '../artifact/secret-fields.ts';
import { dropConditions, type SourcePass, setCondition } from '../artifact/source-conditions.ts';
import type { ResolvedReference } from '../git/references.ts';
import type { RepositoryCache } from '../git/repository-cache.ts';
import { isSigned, type TrustedKeys, verifySignature } from '../git/verify-signature.ts';
import type { GitRepository, GitRepositorySpec } from '../types.ts';

const condition = 'SourceVerified';

/** `head` is an older way to say HEAD; undefined when nothing is to be verified. */
export function verificationMode({ verify }: GitRepositorySpec): 'HEAD' | 'Tag' | 'TagAndHEAD' | undefined {
  if (verify === undefined) return undefined;
  return verify.mode === 'Tag' || verify.mode === 'TagAndHEAD' ? verify.mode : 'HEAD';
}

/**
 * Checks the signatures that spec.verify asks for, of the commit, of the tag that leads to it, or of both; the condition
 * SourceVerified tells the outcome. Throws where one is not as it should be: nothing of the commit is then used.
 */
export async function verifySource(
  client: Client,
  pass: SourcePass<GitRepository>,
  spec: GitRepositorySpec,
  cache: RepositoryCache,
  { commit, object, ref }: ResolvedReference,
): Promise<void> {
  const mode = verificationMode(spec);
  if (mode === undefined) {
    dropConditions(pass, condition);
    delete pass.status.sourceVerificationMode;
    return;
  }
  try {
    const keys = await readTrustedKeys(client, pass, spec);
    const verified: string[] = [];
    if (mode !== 'HEAD') {
      const tag = ref?.startsWith('refs/tags/') ? ref.slice('refs/tags/'.length) : undefined;
      verified.push(await verifyTag(cache, tag, object, commit, keys));
    }
    if (mode !== 'Tag') verified.push(await verifyCommit(cache, commit, keys));
    pass.status.sourceVerificationMode = mode;
    setCondition(pass, condition, 'True', 'Succeeded', `verified signature of\n${verified.join('\n')}`);
  } catch (error) {
    const reason = error instanceof ReasonedError || error instanceof StalledError ? error.reason : 'VerificationError';
    setCondition(pass, condition, 'False', reason, errorMessage(error));
    throw error;
  }
}

async function verifyTag(
  cache: RepositoryCache,
  tag: string | undefined,
  object: string,
  commit: string,
  keys: TrustedKeys,
): Promise<string> {
  if (tag === undefined)
    throw new StalledError(
      'InvalidVerificationMode',
      "a tag's signature can be verified only where spec.ref names a tag: set ref.tag or ref.semver, or verify.mode HEAD",
    );
  const text = await cache.readObject(object);
  if (object === commit || !isSigned({ text }))
    throw new ReasonedError('InvalidGitObject', `cannot verify signature of tag '${tag}' since it is not signed`);
  const key = await verifySignature({ gitDir: cache.dir, kind: 'tag', object, text }, keys).catch((error: unknown) => {
    const message = `signature verification of tag '${tag}@${object}' failed: ${errorMessage(error)}`;
    throw new ReasonedError('InvalidTagSignature', message, { cause: error });
  });
  return `\t- tag '${tag}@${object}' with key '${key}'`;
}

async function verifyCommit(cache: RepositoryCache, commit: string, keys: TrustedKeys): Promise<string> {
  const text = await cache.readObject(commit);
  const signed = { gitDir: cache.dir, kind: 'commit', object: commit, text } as const;
  const key = await verifySignature(signed, keys).catch((error: unknown) => {
    const message = `signature verification of commit '${commit}' failed: ${errorMessage(error)}`;
    throw new ReasonedError('InvalidCommitSignature', message, { cause: error });
  });
  return `\t- commit '${commit}' with key '${key}'`;
}

async function readTrustedKeys(
  client: Client,
  pass: SourcePass<GitRepository>,
  { verify }: GitRepositorySpec,
): Promise<TrustedKeys> {
  const secret = await readSecretFields(
    client,
    pass.key.namespace,
    verify?.secretRef ?? { name: '' },
    'verify.secretRef',
  ).catch((error: unknown) => {
    throw new ReasonedError('VerificationError', `public keys: ${errorMessage(error)}`, { cause: error });
  });
  const ending = (isSsh: boolean) =>
    secret.keys.filter((key) => key.endsWith('.sshpub') === isSsh).map((key) => secret.get(key) ?? '');
  return { pgp: ending(false), ssh: ending(true) };
}
