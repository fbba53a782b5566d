import { createInterface } from 'node:readline/promises';
import { systemClock } from '@croft/foundation/clock';
import { UserError } from '@croft/foundation/errors';
import { getInstance } from '@croft/platform/instance';
import { removeInstance } from '@croft/platform/stop';
import type { Command } from '../command.ts';
import { dataDirOption, readDataDir } from '../common-options.ts';

export const command: Command = {
  name: 'uninstall',
  summary: 'Remove the instance with all applications and ALL THEIR DATA',
  examples: ['croft uninstall --yes'],
  options: { ...dataDirOption, yes: { type: 'boolean', help: 'ask nothing' } },
  run: async (input) => {
    const dataDir = readDataDir(input);
    const instance = await getInstance(dataDir);
    if (input.options.yes !== true) await confirm(dataDir);
    await removeInstance({ dataDir, instance, clock: systemClock, say: input.terminal.say });
    input.terminal.say(`Removed ${dataDir} and everything that Croft had set up on this machine.`);
    return 0;
  },
};

async function confirm(dataDir: string): Promise<void> {
  if (!process.stdin.isTTY) throw new UserError('this removes all data for good: say so with --yes');
  const dialogue = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await dialogue.question(
    `All applications and all their data in ${dataDir} will be gone for good. Type "yes" to go on: `,
  );
  dialogue.close();
  if (answer.trim() !== 'yes') throw new UserError('nothing was removed');
}
