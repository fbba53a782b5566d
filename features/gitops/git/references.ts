import { parseConstraint, satisfies } from '@croft/helm/semver/constraint';
import { compareVersions, findVersion, type Version } from '@croft/helm/semver/version';
import { type GitAccess, GitError } from './git-access.ts';

/** What is to be checked out. Where several are set the order is: commit, name, semver, tag, branch. */
export interface GitReference {
  branch?: string;
  tag?: string;
  semver?: string;
  name?: string;
  commit?: string;
}

export interface ResolvedReference {
  commit: string;
  /** `refs/heads/main`; undefined for a commit of no certain branch. */
  ref?: string;
  /** The object that is to be fetched: an annotated tag is an object of its own. */
  object: string;
}

/** Of a reference that says nothing, as in Flux. */
export const defaultBranch = 'master';

/** Asks the remote for the commit that is meant now. Throws GitError when there is none; the message names what there is. */
export async function resolveReference(access: GitAccess, reference: GitReference): Promise<ResolvedReference> {
  const { commit, name, semver, tag, branch } = reference;
  if (commit !== undefined)
    return { commit, object: commit, ...(branch === undefined ? {} : { ref: `refs/heads/${branch}` }) };
  if (name !== undefined) return named(access, await listReferences(access, name), name, 'reference');
  if (semver !== undefined) return newestTag(access, await listReferences(access, 'refs/tags/*'), semver);
  if (tag !== undefined) return named(access, await listReferences(access, 'refs/tags/*'), `refs/tags/${tag}`, 'tag');
  const ref = `refs/heads/${branch ?? defaultBranch}`;
  return named(access, await listReferences(access, 'refs/heads/*'), ref, 'branch');
}

/** As Flux writes it: `main@sha1:COMMIT`, `refs/pull/1/head@sha1:COMMIT` for a reference by name. */
export function revisionOf({ commit, ref }: ResolvedReference, reference: GitReference): string {
  const digest = `${commit.length === 64 ? 'sha256' : 'sha1'}:${commit}`;
  if (ref === undefined) return digest;
  const isByName = reference.name !== undefined && reference.commit === undefined;
  return `${isByName ? ref : ref.split('/').slice(2).join('/')}@${digest}`;
}

interface Listed {
  object: string;
  /** What an annotated tag points to. */
  peeled?: string;
}

async function listReferences(access: GitAccess, pattern: string): Promise<Map<string, Listed>> {
  const output = await access.git([
    'ls-remote',
    '--',
    access.url,
    pattern,
    ...(pattern.endsWith('*') ? [] : [`${pattern}^{}`]),
  ]);
  const found = new Map<string, Listed>();
  for (const line of output.split('\n').filter(Boolean)) {
    const [object = '', ref = ''] = line.split('\t');
    if (ref.endsWith('^{}')) {
      const tagged = found.get(ref.slice(0, -3));
      if (tagged !== undefined) tagged.peeled = object;
    } else found.set(ref, { object });
  }
  return found;
}

function named(access: GitAccess, listed: Map<string, Listed>, ref: string, what: string): ResolvedReference {
  const found = listed.get(ref);
  if (found !== undefined) return { commit: found.peeled ?? found.object, object: found.object, ref };
  const short = (full: string) => (what === 'reference' ? full : full.split('/').slice(2).join('/'));
  if (listed.size === 0 && what === 'branch')
    throw new GitError(
      `failed to fetch ${access.url}: the repository is empty: push a commit to the branch "${short(ref)}"`,
    );
  throw new GitError(
    `failed to fetch ${access.url}: the repository has no ${what} "${short(ref)}"${nameSome([...listed.keys()].map(short))}`,
  );
}

function newestTag(access: GitAccess, listed: Map<string, Listed>, range: string): ResolvedReference {
  const constraint = readConstraint(access, range);
  let best: { version: Version; ref: string } | undefined;
  const tags: string[] = [];
  for (const ref of listed.keys()) {
    const tag = ref.slice('refs/tags/'.length);
    tags.push(tag);
    const version = findVersion(tag);
    if (version === undefined || !satisfies(constraint, version)) continue;
    if (best === undefined || compareVersions(version, best.version) >= 0) best = { version, ref };
  }
  if (best === undefined)
    throw new GitError(`failed to fetch ${access.url}: no tag fits the range "${range}"${nameSome(tags)}`);
  return named(access, listed, best.ref, 'tag');
}

function readConstraint(access: GitAccess, range: string) {
  try {
    return parseConstraint(range);
  } catch (error) {
    throw new GitError(`failed to fetch ${access.url}: spec.ref.semver "${range}" is no range of versions`, {
      cause: error,
    });
  }
}

function nameSome(names: readonly string[]): string {
  if (names.length === 0) return '';
  const shown = [...names].sort().slice(-10).join(', ');
  return `; it has ${names.length > 10 ? `${names.length}, among them ` : ''}${shown}`;
}
