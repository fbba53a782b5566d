import { systemClock } from '@croft/foundation/clock';
import { getInstance } from '@croft/platform/instance';
import { removeInstance } from '@croft/platform/stop';
import type { Command } from '../command.ts';
import { dataDirOption, readDataDir } from '../common-options.ts';
import { confirm } from '../confirm.ts';

export const command: Command = {
  name: 'uninstall',
  summary: 'Remove the instance with all applications and ALL THEIR DATA',
  examples: ['croft uninstall --yes'],
  options: { ...dataDirOption, yes: { type: 'boolean', help: 'ask nothing' } },
  run: async (input) => {
    const dataDir = readDataDir(input);
    const instance = await getInstance(dataDir);
    if (input.options.yes !== true)
      await confirm(`All applications and all their data in ${dataDir} will be gone for good.`);
    await removeInstance({ dataDir, instance, clock: systemClock, say: input.terminal.say });
    input.terminal.say(`Removed ${dataDir} and everything that Croft had set up on this machine.`);
    return 0;
  },
};
