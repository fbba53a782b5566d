import { readFile } from 'node:fs/promises';
import { getInstance } from '@croft/platform/instance';
import { instancePaths } from '@croft/platform/paths';
import type { Command } from '../command.ts';
import { dataDirOption, readDataDir } from '../common-options.ts';

export const command: Command = {
  name: 'kubeconfig',
  summary: "Print the administrator's kubeconfig, for kubectl, helm and flux",
  examples: ['kubectl --kubeconfig "$(croft kubeconfig --path)" get pods -A'],
  options: { ...dataDirOption, path: { type: 'boolean', help: 'print only where the file lies' } },
  run: async (input) => {
    const dataDir = readDataDir(input);
    await getInstance(dataDir);
    const { kubeconfig } = instancePaths(dataDir);
    input.terminal.print(input.options.path === true ? kubeconfig : (await readFile(kubeconfig, 'utf8')).trimEnd());
    return 0;
  },
};
