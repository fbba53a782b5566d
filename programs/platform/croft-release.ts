import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '@croft/foundation/process';

/** The folder that holds the whole of Croft. */
export const croftRoot = join(import.meta.dirname, '..', '..');

/** Which Croft this is: `0.1.0`, with the commit behind a `+` in a git checkout. */
export async function readRelease(): Promise<string> {
  const { version } = JSON.parse(await readFile(join(croftRoot, 'package.json'), 'utf8')) as { version: string };
  try {
    const args = ['-c', 'safe.directory=*', '-C', croftRoot, 'rev-parse', '--short=10', 'HEAD'];
    const { stdout } = await run('git', args, { timeoutMs: 5_000 });
    return `${version}+${stdout.trim()}`;
  } catch {
    return version; // not a checkout, or no git yet
  }
}
