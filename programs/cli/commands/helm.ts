import type { Command } from '../command.ts';
import { runHelm } from '../helm/run-helm.ts';

export const command: Command = {
  name: 'helm',
  arguments: 'COMMAND [flags]',
  summary: 'Handle charts and releases as helm does, here or on any cluster',
  examples: ['croft helm template web ./charts/wordpress', 'croft helm list -A', 'croft helm help'],
  readsArguments: true,
  run: async ({ positionals, terminal, env }) =>
    await runHelm(positionals, { terminal, env, folder: process.cwd(), interruption: catchInterruption }),
};

/** The first signal ends what goes on in order, the next one the process. */
function catchInterruption(): AbortSignal {
  const stop = new AbortController();
  const end = () => stop.abort(new Error('context canceled'));
  process.once('SIGINT', end).once('SIGTERM', end);
  return stop.signal;
}
