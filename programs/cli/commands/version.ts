import { readRelease } from '@croft/platform/croft-release';
import type { Command } from '../command.ts';
import { outputOption, wantsJson } from '../common-options.ts';

export const command: Command = {
  name: 'version',
  summary: 'Show which Croft this is',
  examples: ['croft version', 'croft version -o json'],
  options: outputOption,
  run: async (input) => {
    const release = await readRelease();
    input.terminal.print(
      wantsJson(input) ? JSON.stringify({ version: release, node: process.versions.node }) : `croft ${release}`,
    );
    return 0;
  },
};
