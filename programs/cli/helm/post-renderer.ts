import { errorMessage } from '@croft/foundation/errors';
import { run } from '@croft/foundation/process';
import type { HelmInput } from './helm-command.ts';

const timeoutMs = 5 * 60_000;

/** What `--post-renderer` does with a manifest; undefined when it is not given. */
export function postRenderer(input: HelmInput): ((manifest: string) => Promise<string>) | undefined {
  const { flags, folder, env } = input;
  const program = flags.text('post-renderer');
  if (program === '') return undefined;
  return async (manifest) => {
    try {
      const options = { cwd: folder, env, timeoutMs, input: manifest };
      const { stdout } = await run(program, flags.list('post-renderer-args'), options);
      if (stdout === '') throw new Error(`post-renderer ${JSON.stringify(program)} produced empty output`);
      return stdout;
    } catch (error) {
      throw new Error(`error while running post render on files: ${errorMessage(error)}`, { cause: error });
    }
  };
}
