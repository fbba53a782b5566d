import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '@croft/foundation/process';

const timeoutMs = 60_000;

/** A bare repository of the instance's own. */
export interface Repository {
  dir: string;
  branch: string;
}

const author = {
  GIT_AUTHOR_NAME: 'Croft',
  GIT_AUTHOR_EMAIL: 'croft@localhost',
  GIT_COMMITTER_NAME: 'Croft',
  GIT_COMMITTER_EMAIL: 'croft@localhost',
};

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
  const git = gitIn(dir);
  if (!(await exists(join(dir, 'HEAD')))) {
    await run('git', ['init', '--quiet', '--bare', `--initial-branch=${branch}`, dir], { timeoutMs });
    await git(['config', 'http.receivepack', 'true']);
  }
  const tree = await writeTree(dir, folder);
  const shipped = await findCommit(git, shippedBranch);
  if (shipped !== undefined && (await git(['rev-parse', `${shipped}^{tree}`])) === tree) return 'unchanged';
  const commit = await git(['commit-tree', tree, '-m', message, ...(shipped === undefined ? [] : ['-p', shipped])]);
  const head = await findCommit(git, branch);
  await git(['update-ref', `refs/heads/${shippedBranch}`, commit]);
  if (head === undefined || head === shipped) {
    await git(['update-ref', `refs/heads/${branch}`, commit, ...(head === undefined ? [] : [head])]);
    return head === undefined ? 'created' : 'updated';
  }
  return await mergeShipped(git, branch, head, commit, message);
}

type Git = (args: string[], okExitCodes?: number[]) => Promise<string>;

function gitIn(dir: string, extra: NodeJS.ProcessEnv = {}): Git {
  const env = {
    ...process.env,
    ...author,
    ...extra,
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: 'safe.directory',
    GIT_CONFIG_VALUE_0: '*',
  };
  return async (args, okExitCodes = [0]) =>
    (await run('git', ['--git-dir', dir, ...args], { timeoutMs, env, okExitCodes })).stdout.trim();
}

async function mergeShipped(
  git: Git,
  branch: string,
  head: string,
  shipped: string,
  message: string,
): Promise<FillOutcome> {
  const result = await git(
    ['merge-tree', '--write-tree', '--name-only', '--allow-unrelated-histories', head, shipped],
    [0, 1],
  );
  const [tree = '', ...conflicts] = result.split('\n');
  if (conflicts.length > 0) return 'conflict';
  const merged = await git(['commit-tree', tree, '-p', head, '-p', shipped, '-m', message]);
  await git(['update-ref', `refs/heads/${branch}`, merged, head]);
  return 'merged';
}

/** The index lies in the repository: one that a killed process left there, with its lock, is removed by the next. */
async function writeTree(dir: string, folder: string): Promise<string> {
  const index = join(dir, 'fill-index');
  const removeIndex = () => Promise.all([index, `${index}.lock`].map((path) => rm(path, { force: true })));
  const git = gitIn(dir, { GIT_INDEX_FILE: index });
  await removeIndex();
  try {
    await git(['--work-tree', folder, 'add', '--all', '--force', '.']);
    return await git(['write-tree']);
  } finally {
    await removeIndex();
  }
}

async function findCommit(git: Git, branch: string): Promise<string | undefined> {
  const commit = await git(['rev-parse', '--verify', '--quiet', `refs/heads/${branch}`], [0, 1]);
  return commit === '' ? undefined : commit;
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}
