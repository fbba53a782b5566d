import { cp, lstat, mkdir, rm } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';
import type { ObjectKey } from '@croft/api/object';
import type { ControllerContext } from '@croft/controller/controller';
import { ReasonedError, WaitingError } from '@croft/controller/outcome';
import { exists } from '@croft/foundation/files';
import type { ArtifactStore } from '../artifact/artifact-store.ts';
import { type Artifact, type GitInclude, gitRepositories } from '../types.ts';

/** The artifacts that are to be included now, in the order of spec.include. Throws WaitingError while one is missing. */
export function findIncluded(
  { informers }: Pick<ControllerContext, 'informers'>,
  { namespace }: ObjectKey,
  includes: readonly GitInclude[],
): Artifact[] {
  return includes.map(({ repository: { name } }) => {
    const found = informers.of(gitRepositories).get({ namespace, name });
    if (found === undefined)
      throw new WaitingError('NotFound', `the GitRepository ${namespace}/${name} named in spec.include does not exist`);
    if (found.status?.artifact === undefined)
      throw new WaitingError(
        'NoArtifact',
        `the GitRepository ${namespace}/${name} named in spec.include has no artifact yet`,
      );
    return found.status.artifact;
  });
}

/** Puts the included files into the folder; what was at their place is gone. Throws ReasonedError. */
export async function copyIncluded(
  artifacts: ArtifactStore,
  folder: string,
  includes: readonly GitInclude[],
  included: readonly Artifact[],
): Promise<void> {
  for (const [index, { repository, fromPath = '', toPath }] of includes.entries()) {
    const artifact = included[index];
    if (artifact === undefined) continue;
    const from = join(await artifacts.open(artifact), normalize(join('/', fromPath)));
    if (!(await exists(from)))
      throw new ReasonedError(
        'CopyFailure',
        `the artifact of GitRepository ${repository.name} has no "${fromPath}" to include`,
      );
    const to = await resolveTarget(folder, toPath ?? repository.name);
    await rm(to, { recursive: true, force: true });
    await mkdir(dirname(to), { recursive: true });
    await cp(from, to, { recursive: true });
  }
}

/** A link in the repository must not lead the copy elsewhere. */
async function resolveTarget(folder: string, path: string): Promise<string> {
  const parts = normalize(join('/', path)).split('/').filter(Boolean);
  for (let depth = 1; depth < parts.length; depth++) {
    const parent = join(folder, ...parts.slice(0, depth));
    if (!(await exists(parent))) break;
    if (!(await lstat(parent)).isDirectory())
      throw new ReasonedError(
        'IllegalPath',
        `spec.include: "${path}" leads through ${parts.slice(0, depth).join('/')}, which is no folder`,
      );
  }
  if (parts.length === 0)
    throw new ReasonedError('IllegalPath', 'spec.include: toPath must name a folder below the root');
  return join(folder, ...parts);
}
