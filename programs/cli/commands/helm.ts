import type { Command } from '../command.ts';
import { runHelm } from '../helm/run-helm.ts';

export const command: Command = {
  name: 'helm',
  arguments: 'COMMAND [flags]',
  summary: 'Handle charts, their repositories and releases as helm does',
  examples: ['croft helm template web ./charts/wordpress', 'croft helm help'],
  readsArguments: true,
  run: async ({ positionals, terminal, env }) => await runHelm(positionals, { terminal, env, folder: process.cwd() }),
};
