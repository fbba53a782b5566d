import { run } from '@croft/foundation/process';

const timeoutMs = 60_000;

const author = {
  GIT_AUTHOR_NAME: 'Croft',
  GIT_AUTHOR_EMAIL: 'croft@localhost',
  GIT_COMMITTER_NAME: 'Croft',
  GIT_COMMITTER_EMAIL: 'croft@localhost',
};

/** Runs git on one bare repository and gives its output without the last line break. Throws ProcessError. */
export type BareGit = (args: string[], options?: { okExitCodes?: number[]; input?: string }) => Promise<string>;

/** Settings of whoever runs Croft count for nothing, and the repository may belong to anybody. */
export function gitEnvironment(extra: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  return {
    PATH: process.env.PATH,
    HOME: '/nonexistent',
    LC_ALL: 'C.UTF-8',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: 'safe.directory',
    GIT_CONFIG_VALUE_0: '*',
    ...extra,
  };
}

/** Git on the bare repository in `dir`; commits are Croft's own. */
export function gitIn(dir: string, extra: NodeJS.ProcessEnv = {}): BareGit {
  const env = gitEnvironment({ ...author, ...extra });
  return async (args, { okExitCodes = [0], input } = {}) => {
    const options = { timeoutMs, env, okExitCodes, ...(input === undefined ? {} : { input }) };
    return (await run('git', ['--git-dir', dir, ...args], options)).stdout.trimEnd();
  };
}

/** The commit at the head of a branch; undefined while there is none. */
export async function findBranchHead(git: BareGit, branch: string): Promise<string | undefined> {
  const commit = await git(['rev-parse', '--verify', '--quiet', `refs/heads/${branch}`], { okExitCodes: [0, 1] });
  return commit === '' ? undefined : commit;
}
