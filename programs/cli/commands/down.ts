import { systemClock } from '@croft/foundation/clock';
import { getInstance } from '@croft/platform/instance';
import { stopInstance } from '@croft/platform/stop';
import type { Command } from '../command.ts';
import { dataDirOption, readDataDir } from '../common-options.ts';

export const command: Command = {
  name: 'down',
  summary: 'Stop Croft and all applications; their data stays',
  examples: ['croft down'],
  options: dataDirOption,
  run: async (input) => {
    const dataDir = readDataDir(input);
    const instance = await getInstance(dataDir);
    await stopInstance({ dataDir, instance, clock: systemClock, say: input.terminal.say });
    input.terminal.say(`Stopped. The data stays in ${dataDir}; "croft up" starts again.`);
    return 0;
  },
};
