import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UserError } from '@croft/foundation/errors';

/**
 * Lets the user change a text in the editor that VISUAL or EDITOR names (vi), and gives what `read` makes of it. Where
 * `read` throws, the file stays and the error says where it is. Throws UserError.
 */
export async function editText<T>(
  text: string,
  env: NodeJS.ProcessEnv,
  read: (text: string) => T,
  below = tmpdir(),
): Promise<T> {
  const folder = await mkdtemp(join(below, 'croft-edit-'));
  const file = join(folder, 'values.yaml');
  await writeFile(file, text, { mode: 0o600 });
  const code = await openEditor(env.VISUAL || env.EDITOR || 'vi', file);
  let changed: T;
  try {
    if (code !== 0) throw new UserError(`the editor ended with exit code ${code}`);
    changed = read(await readFile(file, 'utf8'));
  } catch (error) {
    if (error instanceof UserError)
      throw new UserError(`${error.message}; nothing was changed, your text is in ${file}`);
    throw error;
  }
  await rm(folder, { recursive: true });
  return changed;
}

/** The variable may hold arguments too, as in `code --wait`: the shell reads it, as git and kubectl have it. */
async function openEditor(editor: string, file: string): Promise<number | null> {
  const child = spawn('sh', ['-c', `${editor} "$1"`, 'editor', file], { stdio: 'inherit' });
  return await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
}
