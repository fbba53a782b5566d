import { mkdir } from 'node:fs/promises';
import { join, normalize } from 'node:path';
import type { ControllerContext } from '@croft/controller/controller';
import { sha256Hex } from '@croft/foundation/digest';
import { exists } from '@croft/foundation/files';
import { jsonEqual } from '@croft/foundation/json';
import type { ArtifactStore } from '../artifact/artifact-store.ts';
import { cleanFolder } from '../artifact/pack-folder.ts';
import { announceNew, type SourcePass, setArtifact, under } from '../artifact/source-conditions.ts';
import { artifactName } from '../artifact/source-controller.ts';
import { createSourceFilter, parseIgnorePatterns, readIgnoreFiles } from '../artifact/source-ignore.ts';
import { openGitAccess } from '../git/git-access.ts';
import { findLocalRepository, type LocalRepository } from '../git/local-repository.ts';
import {
  defaultBranch,
  type GitReference,
  type ResolvedReference,
  resolveReference,
  revisionOf,
} from '../git/references.ts';
import { openRepositoryCache, type RepositoryCache } from '../git/repository-cache.ts';
import type { Artifact, GitRepository, GitRepositorySpec } from '../types.ts';
import { copyIncluded, findIncluded } from './includes.ts';
import { readRemote } from './remote.ts';
import { verificationMode, verifySource } from './verify-source.ts';

export interface RepositoryFetch {
  artifacts: ArtifactStore;
  /** Where fetched repositories are kept between fetches. */
  cacheDir: string;
}

const longestSubject = 50;

/** Brings the artifact to what the reference means now. Behaviour of Flux's source-controller. */
export async function fetchRepository(
  context: ControllerContext,
  { artifacts, cacheDir }: RepositoryFetch,
  pass: SourcePass<GitRepository>,
  spec: GitRepositorySpec,
): Promise<void> {
  const reference = spec.ref ?? {};
  const remote = await under(pass, 'FetchFailed', 'AuthenticationFailed', () =>
    readRemote(context.client, pass.key.namespace, spec, pass.signal),
  );
  const included = await under(pass, 'IncludeUnavailable', 'NotFound', async () =>
    findIncluded(context, pass.key, spec.include ?? []),
  );
  await using scratch = await artifacts.openScratch();
  const access = await openGitAccess(remote, scratch.folder);
  const fetching = <T>(work: () => Promise<T>) => under(pass, 'FetchFailed', 'GitOperationFailed', work);
  const local = await findLocalRepository(access.url);
  const resolved = await fetching(
    async () => (await findLocalHead(local, reference)) ?? (await resolveReference(access, reference)),
  );
  const revision = revisionOf(resolved, reference);
  const message = `stored artifact for revision '${revision}'`;
  const present = pass.status.artifact;
  if (present?.revision === revision && isAsObserved(pass, spec, included)) {
    setArtifact(pass, present, message);
    return;
  }
  if (present?.revision !== revision) await announceNew(pass, `new upstream revision '${revision}'`);
  const folder = join(scratch.folder, 'files');
  await mkdir(folder);
  const { cache, text } = await fetching(async () => {
    const dir = join(cacheFolder(cacheDir, pass), sha256Hex(access.url).slice(0, 16));
    const hash = resolved.commit.length === 64 ? 'sha256' : 'sha1';
    const opened = await openRepositoryCache(access, { dir, hash, objects: local?.objects });
    return { cache: opened, text: await opened.fetch(resolved) };
  });
  await verifySource(context.client, pass, spec, cache, resolved);
  await fetching(() => writeFiles(cache, spec, resolved.commit, folder));
  await under(pass, 'StorageOperationFailed', 'ArchiveOperationFailed', async () => {
    await copyIncluded(artifacts, folder, spec.include ?? [], included);
    const patterns = [...(await readIgnoreFiles(folder)), ...parseIgnorePatterns(spec.ignore ?? '')];
    const artifact = await artifacts.keepFolder(artifactName(pass), revision, folder, createSourceFilter(patterns));
    setArtifact(pass, artifact, message, { told: `stored artifact for commit '${subjectOf(text)}'` });
  });
  observe(pass, spec, included);
}

/** The folder where what an object has fetched is kept. */
export function cacheFolder(cacheDir: string, { object }: Pick<SourcePass<GitRepository>, 'object'>): string {
  return join(cacheDir, object.metadata.uid);
}

/** What a branch of a repository on this machine is at, without asking git. */
async function findLocalHead(
  local: LocalRepository | undefined,
  { branch = defaultBranch, ...others }: GitReference,
): Promise<ResolvedReference | undefined> {
  if (local === undefined || Object.keys(others).length > 0) return undefined;
  const commit = await local.findHead(branch);
  return commit === undefined ? undefined : { commit, object: commit, ref: `refs/heads/${branch}` };
}

/** The first line of a commit's message, as far as it is told. */
function subjectOf(commit: string): string {
  const [, ...message] = commit.split('\n\n');
  const letters = Array.from(message.join('\n\n').split('\n')[0] ?? '');
  return letters.length > longestSubject ? `${letters.slice(0, longestSubject).join('')}...` : letters.join('');
}

async function writeFiles(
  cache: RepositoryCache,
  { sparseCheckout, recurseSubmodules }: GitRepositorySpec,
  commit: string,
  folder: string,
): Promise<void> {
  const paths = sparseCheckout?.map((path) => normalize(join('/', path)).slice(1)).filter(Boolean);
  if (recurseSubmodules) {
    await cache.writeFilesWithSubmodules(commit, folder);
    if (!paths?.length) return;
    for (const path of paths) {
      if (!(await exists(join(folder, path))))
        throw new Error(`spec.sparseCheckout: there is no "${path}" in the repository`);
    }
    await cleanFolder(folder, (file) => !paths.some((path) => `${file.join('/')}/`.startsWith(`${path}/`)));
  } else await cache.writeFiles(commit, folder, paths?.length ? paths : undefined);
}

/** Whether the artifact was made by the same rules as the spec has now. */
function isAsObserved({ status }: SourcePass<GitRepository>, spec: GitRepositorySpec, included: Artifact[]): boolean {
  const facts = (artifacts: readonly Artifact[] = []) => artifacts.map(({ revision, digest }) => [revision, digest]);
  const mode = verificationMode(spec);
  return (
    spec.ignore === status.observedIgnore &&
    (spec.recurseSubmodules ?? false) === (status.observedRecurseSubmodules ?? false) &&
    jsonEqual(spec.sparseCheckout ?? [], status.observedSparseCheckout ?? []) &&
    jsonEqual(spec.include ?? [], status.observedInclude ?? []) &&
    jsonEqual(facts(included), facts(status.includedArtifacts)) &&
    (mode === undefined || mode === status.sourceVerificationMode)
  );
}

function observe({ status }: SourcePass<GitRepository>, spec: GitRepositorySpec, included: Artifact[]): void {
  const { ignore, include, recurseSubmodules, sparseCheckout } = spec;
  const observed = {
    observedIgnore: ignore,
    observedInclude: include?.length ? include : undefined,
    observedRecurseSubmodules: recurseSubmodules || undefined,
    observedSparseCheckout: sparseCheckout?.length ? sparseCheckout : undefined,
    includedArtifacts: included.length > 0 ? included : undefined,
  };
  for (const [field, value] of Object.entries(observed)) {
    if (value === undefined) delete status[field as keyof typeof status];
    else Object.assign(status, { [field]: value });
  }
}
