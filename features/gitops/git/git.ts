import { mkdir } from 'node:fs/promises';
import { ProcessError, run } from '@croft/foundation/process';

export interface GitCredentials {
  username: string;
  password: string;
}

export interface GitRemote {
  url: string;
  branch: string;
  credentials?: GitCredentials;
  timeoutMs: number;
  signal?: AbortSignal;
}

/**
 * Nothing of the machine's own git configuration counts, no question is ever asked, and credentials travel in the
 * environment, so that no process list shows them.
 */
function gitEnvironment(credentials?: GitCredentials): NodeJS.ProcessEnv {
  const settings: [string, string][] = [['safe.directory', '*']];
  if (credentials !== undefined) {
    const basic = Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64');
    settings.push(['http.extraHeader', `Authorization: Basic ${basic}`]);
  }
  return {
    PATH: process.env.PATH,
    GIT_SSL_CAINFO: process.env.GIT_SSL_CAINFO,
    HOME: '/nonexistent',
    LC_ALL: 'C.UTF-8',
    GIT_TERMINAL_PROMPT: '0',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_ALLOW_PROTOCOL: 'file:http:https',
    GIT_CONFIG_COUNT: String(settings.length),
    ...Object.fromEntries(
      settings.flatMap(([key, value], i) => [
        [`GIT_CONFIG_KEY_${i}`, key],
        [`GIT_CONFIG_VALUE_${i}`, value],
      ]),
    ),
  };
}

async function git(args: readonly string[], remote: GitRemote, input?: string): Promise<string> {
  const { stdout } = await run('git', args, {
    timeoutMs: remote.timeoutMs,
    env: gitEnvironment(remote.credentials),
    ...(remote.signal === undefined ? {} : { signal: remote.signal }),
    ...(input === undefined ? {} : { input }),
  });
  return stdout;
}

/** The commit at the head of the branch. Throws Error when the branch or the whole repository is missing or empty. */
export async function fetchHead(remote: GitRemote): Promise<string> {
  const ref = `refs/heads/${remote.branch}`;
  const output = await explain(remote, () => git(['ls-remote', '--refs', '--', remote.url, 'refs/heads/*'], remote));
  const branches = new Map(
    output
      .split('\n')
      .filter(Boolean)
      .map((line) => line.split('\t').reverse() as [string, string]),
  );
  const commit = branches.get(ref);
  if (commit !== undefined) return commit;
  if (branches.size === 0)
    throw new Error(`the repository ${remote.url} is empty: push a commit to the branch "${remote.branch}"`);
  const names = [...branches.keys()].map((name) => name.slice('refs/heads/'.length)).sort();
  throw new Error(
    `the repository ${remote.url} has no branch "${remote.branch}"; it has ${names.slice(0, 10).join(', ')}`,
  );
}

/** Fetches one commit of the branch into a bare repository of our own and writes its files as a tarball. */
export async function fetchTarball(
  remote: GitRemote,
  commit: string,
  cacheDir: string,
  tarball: string,
): Promise<void> {
  await mkdir(cacheDir, { recursive: true });
  await git(['init', '--quiet', '--bare', cacheDir], remote);
  const inCache = (...args: string[]) => ['--git-dir', cacheDir, ...args];
  await explain(remote, () =>
    git(
      inCache(
        'fetch',
        '--quiet',
        '--no-tags',
        '--depth',
        '1',
        '--force',
        '--',
        remote.url,
        `refs/heads/${remote.branch}:refs/heads/fetched`,
      ),
      remote,
    ),
  );
  await git(inCache('archive', '--format=tar.gz', '--output', tarball, commit), remote);
}

async function explain<T>(remote: GitRemote, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (!(error instanceof ProcessError)) throw error;
    throw new Error(`failed to fetch ${remote.url}: ${error.stderr.trim() || error.message}`, { cause: error });
  }
}
