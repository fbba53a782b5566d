import { ProcessError, run } from '@croft/foundation/process';
import { type GitRemote, makeGitEnvironment } from './git-environment.ts';

/** Runs git against one remote. */
export interface GitAccess {
  /** The remote's URL without secrets in it. */
  readonly url: string;
  /** Gives what git printed. Throws GitError. */
  git(args: readonly string[], more?: { env?: NodeJS.ProcessEnv; input?: string }): Promise<string>;
}

/** What git said; the message names the repository and holds no secrets. */
export class GitError extends Error {
  override readonly name = 'GitError';
}

/**
 * Nothing of the machine's own git configuration counts, and no question is ever asked. Secrets travel in the environment
 * and in files that only we can read, so that no list of processes shows them, and go to the remote's own host alone. The
 * files are put into `folder`, which is the caller's to remove.
 */
export async function openGitAccess(remote: GitRemote, folder: string): Promise<GitAccess> {
  const { url, env } = await makeGitEnvironment(remote, folder);
  return { url, git: (args, more = {}) => runGit(args, { ...env, ...more.env }, remote, url, more.input) };
}

async function runGit(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  { timeoutMs, signal }: GitRemote,
  url: string,
  input?: string,
): Promise<string> {
  try {
    const options = {
      timeoutMs,
      env,
      group: true,
      ...(signal && { signal }),
      ...(input === undefined ? {} : { input }),
    };
    return (await run('git', args, options)).stdout;
  } catch (error) {
    if (!(error instanceof ProcessError) || signal?.aborted) throw error;
    throw new GitError(`failed to fetch ${url}: ${explain(error)}`, { cause: error });
  }
}

const boilerplate = /^(hint|warning):|^Please make sure|^and the repository exists/;

/** The lines that matter of what git printed. */
function explain(error: ProcessError): string {
  const lines = error.stderr.split('\n').map((line) => line.replace(/^(fatal|error|remote): /, '').trim());
  const told = [...new Set(lines)].filter((line) => line !== '' && !boilerplate.test(line));
  if (/did not finish within/.test(error.message))
    return `${error.message.split(':')[0]}: the server is slow or the repository large; raise spec.timeout if need be`;
  if (error.exitCode === undefined) return error.message.split('\n')[0] ?? error.message;
  return told.join('; ') || error.message;
}
