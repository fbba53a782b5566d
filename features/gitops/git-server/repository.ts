import { UserError } from '@croft/foundation/errors';
import { isFolder } from '@croft/foundation/files';
import { type BareGit, findBranchHead, gitIn } from './bare-git.ts';
import { initRepository, isRepository } from './repositories.ts';
import { writeTree } from './write-tree.ts';

/** A bare repository of the instance's own. */
export interface Repository {
  dir: string;
  branch: string;
}

/** The branch on which the shipped contents are recorded, so that a newer Croft can merge its own into yours. */
const shippedBranch = 'shipped';

export type FillOutcome = 'created' | 'unchanged' | 'updated' | 'merged' | 'conflict';

/**
 * Brings the contents of a folder into the repository. At first they become the branch; later, contents that changed
 * are merged with whatever was pushed meanwhile. Where both changed the same lines the branch stays as it is
 * (`conflict`) and the shipped contents lie on the branch `shipped` for a person to merge.
 */
export async function fillRepository(
  { dir, branch }: Repository,
  folder: string,
  message: string,
): Promise<FillOutcome> {
  if (!(await isFolder(folder))) throw new UserError(`${folder}, which the repository is filled from, is not a folder`);
  const git = gitIn(dir);
  if (!(await isRepository(dir))) await initRepository(dir, branch);
  const tree = await writeTree(dir, folder, 'everything');
  const shipped = await findBranchHead(git, shippedBranch);
  if (shipped !== undefined && (await git(['rev-parse', `${shipped}^{tree}`])) === tree) return 'unchanged';
  const commit = await git(['commit-tree', tree, '-m', message, ...(shipped === undefined ? [] : ['-p', shipped])]);
  const head = await findBranchHead(git, branch);
  await git(['update-ref', `refs/heads/${shippedBranch}`, commit]);
  if (head === undefined || head === shipped) {
    await git(['update-ref', `refs/heads/${branch}`, commit, ...(head === undefined ? [] : [head])]);
    return head === undefined ? 'created' : 'updated';
  }
  return await mergeShipped(git, branch, head, commit, message);
}

async function mergeShipped(
  git: BareGit,
  branch: string,
  head: string,
  shipped: string,
  message: string,
): Promise<FillOutcome> {
  const result = await git(
    ['merge-tree', '--write-tree', '--name-only', '--allow-unrelated-histories', head, shipped],
    { okExitCodes: [0, 1] },
  );
  const [tree = '', ...conflicts] = result.split('\n');
  if (conflicts.length > 0) return 'conflict';
  const merged = await git(['commit-tree', tree, '-p', head, '-p', shipped, '-m', message]);
  await git(['update-ref', `refs/heads/${branch}`, merged, head]);
  return 'merged';
}
