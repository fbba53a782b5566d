import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { run } from '@croft/foundation/process';

export interface TestRepository {
  /** The bare repository. */
  dir: string;
  url: string;
  /** Where commits are made. */
  work: string;
  /** Runs git where commits are made. */
  git(...args: string[]): Promise<string>;
  /** Writes the files (undefined removes one) and commits them to main, which is pushed; gives the commit. */
  commit(files: Record<string, string | undefined>): Promise<string>;
  /** Pushes a tag of the last commit. */
  tag(name: string): Promise<void>;
}

/** A repository on disk whose commits are pushes. */
export async function createRepository(root: string, name = 'repository'): Promise<TestRepository> {
  const dir = join(root, `${name}.git`);
  const work = join(root, `${name}-work`);
  const call = async (...args: string[]) =>
    (
      await run('git', ['-c', 'user.name=test', '-c', 'user.email=test@localhost', ...args], { timeoutMs: 30_000 })
    ).stdout.trim();
  const git = (...args: string[]) => call('-C', work, ...args);
  await call('init', '--quiet', '--bare', '--initial-branch=main', dir);
  await call('init', '--quiet', '--initial-branch=main', work);
  await git('remote', 'add', 'origin', dir);
  await call('-C', dir, 'config', 'receive.denyDeleteCurrent', 'ignore');
  return {
    dir,
    url: `file://${dir}`,
    work,
    git,
    commit: async (files) => {
      for (const [file, text] of Object.entries(files)) {
        const path = join(work, file);
        await mkdir(dirname(path), { recursive: true });
        if (text === undefined) await rm(path, { recursive: true, force: true });
        else await writeFile(path, text);
      }
      await git('add', '--all');
      await git('commit', '--quiet', '--allow-empty', '-m', 'change');
      await git('push', '--quiet', '--force', 'origin', 'main');
      return await git('rev-parse', 'HEAD');
    },
    tag: async (tag) => {
      await git('tag', tag);
      await git('push', '--quiet', 'origin', tag);
    },
  };
}
