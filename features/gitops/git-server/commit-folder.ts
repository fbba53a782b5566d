import { UserError } from '@croft/foundation/errors';
import { isFolder } from '@croft/foundation/files';
import { findBranchHead, gitIn } from './bare-git.ts';
import { initRepository, isRepository, mainBranch } from './repositories.ts';
import { writeTree } from './write-tree.ts';

export interface FolderCommit {
  commit: string;
  /** The branch had these very contents already: no commit was made. */
  unchanged: boolean;
}

/**
 * Makes the current contents of a folder, uncommitted changes too, the newest commit of a bare repository's main branch;
 * the repository is made when it is not there. Throws UserError when the folder has nothing to take.
 */
export async function commitFolder(dir: string, folder: string, message: string): Promise<FolderCommit> {
  if (!(await isFolder(folder))) throw new UserError(`${folder} is not a folder`);
  if (!(await isRepository(dir))) await initRepository(dir);
  const git = gitIn(dir);
  const tree = await writeTree(dir, folder, 'unignored');
  if ((await git(['ls-tree', tree])) === '')
    throw new UserError(`${folder} has no files that git does not ignore: there is nothing to follow`);
  const head = await findBranchHead(git, mainBranch);
  if (head !== undefined && (await git(['rev-parse', `${head}^{tree}`])) === tree)
    return { commit: head, unchanged: true };
  const parents = head === undefined ? [] : ['-p', head];
  const commit = await git(['commit-tree', tree, '-m', message, ...parents]);
  // Of two at the same time one fails here.
  await git(['update-ref', `refs/heads/${mainBranch}`, commit, head ?? '']);
  return { commit, unchanged: false };
}
