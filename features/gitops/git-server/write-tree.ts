import { lstat, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ProcessError, run } from '@croft/foundation/process';
import { gitEnvironment, gitIn } from './bare-git.ts';

const timeoutMs = 60_000;

/**
 * Writes a folder's files as a tree into the bare repository in `dir` and gives the tree. `unignored`: as `git add` in
 * the folder would take them, with what is not committed there and without what its ignore rules name.
 */
export async function writeTree(dir: string, folder: string, which: 'everything' | 'unignored'): Promise<string> {
  const scratch = await mkdtemp(join(tmpdir(), 'croft-index-'));
  const git = gitIn(dir, { GIT_INDEX_FILE: join(scratch, 'index') });
  try {
    if (which === 'everything') await git(['--work-tree', folder, 'add', '--all', '--force', '.']);
    else {
      const input = (await listUnignored(folder)).map((path) => `${path}\0`).join('');
      await git(['--work-tree', folder, 'update-index', '--add', '-z', '--stdin'], { input });
    }
    return await git(['write-tree']);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Paths below the folder; those of repositories inside it (submodules) too, by their own rules. */
async function listUnignored(folder: string): Promise<string[]> {
  const listed = await listFiles(folder);
  const found = await Promise.all(
    listed.map(async (path) => {
      const stats = await lstat(join(folder, path)).catch(() => undefined); // deleted, though git still tracks it
      if (stats === undefined) return [];
      if (!stats.isDirectory()) return [path];
      const below = path.replace(/\/$/, '');
      return (await listUnignored(join(folder, below))).map((inside) => `${below}/${inside}`);
    }),
  );
  return found.flat();
}

async function listFiles(folder: string): Promise<string[]> {
  // The folder may be anybody's: nothing that its git configuration names is run.
  const env = gitEnvironment({
    GIT_CONFIG_COUNT: '2',
    GIT_CONFIG_KEY_1: 'core.fsmonitor',
    GIT_CONFIG_VALUE_1: 'false',
    GIT_OPTIONAL_LOCKS: '0',
  });
  const list = ['ls-files', '-z', '--others', '--exclude-standard', '--deduplicate'];
  const split = ({ stdout }: { stdout: string }) => stdout.split('\0').filter(Boolean);
  try {
    return split(await run('git', ['-C', folder, ...list, '--cached'], { timeoutMs, env }));
  } catch (error) {
    if (!(error instanceof ProcessError) || !/not a git repository/.test(error.stderr)) throw error;
  }
  // Of a folder that is no repository only the .gitignore files count.
  const scratch = await mkdtemp(join(tmpdir(), 'croft-listing-'));
  try {
    const options = { timeoutMs, env };
    await run('git', ['init', '--quiet', '--bare', scratch], options);
    return split(await run('git', ['-C', folder, '--git-dir', scratch, '--work-tree', folder, ...list], options));
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
