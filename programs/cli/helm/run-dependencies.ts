import { findMissingDependencies } from '@croft/helm/chart/dependencies';
import { readChart } from '@croft/helm/chart/load';
import { buildDependencies, updateDependencies } from '@croft/repository/dependencies/update-dependencies';
import type { Verify } from '@croft/repository/local/download-chart';
import { accessFlags } from './chart-flags.ts';
import { atFolder, globalFlags } from './common-flags.ts';
import type { Flags } from './flags.ts';
import { type HelmCommand, type HelmInput, requireArguments } from './helm-command.ts';
import { accessOf, localContext } from './local-context.ts';

const dependencyFlags: Flags = {
  ...globalFlags,
  ...accessFlags,
  verify: { type: 'bool', help: 'verify the packages against signatures' },
  keyring: { type: 'text', value: 'FILE', help: 'public keys for verification (~/.gnupg/pubring.gpg)' },
  'skip-refresh': { type: 'bool', help: 'do not refresh the local repository cache' },
};

/** A command that brings dependencies up to date; `verify` is what it does with --verify. */
export function dependencyCommand(how: keyof typeof runs, summary: string, verify: Verify): HelmCommand {
  const command: HelmCommand = {
    usage: `dependency ${how} CHART`,
    summary,
    flags: dependencyFlags,
    run: async (input) => {
      const { flags, terminal } = input;
      requireArguments(command, flags.positionals, 0, 1);
      await runDependencies(
        how,
        flags.positionals[0] ?? '.',
        flags.has('verify') ? verify : 'never',
        input,
        terminal.print,
      );
      return 0;
    },
  };
  return command;
}

const runs = { build: buildDependencies, update: updateDependencies };

/** Brings the dependencies of a chart's folder up to date; `tell` gets what is done, a line each. */
export async function runDependencies(
  how: keyof typeof runs,
  path: string,
  verify: Verify,
  input: HelmInput,
  tell: (line: string) => void,
): Promise<void> {
  const { flags } = input;
  const local = localContext(input);
  const context = { folder: atFolder(input.folder, path), access: accessOf(flags, input.folder), local };
  const skipRefresh = flags.has('skip-refresh');
  await runs[how](context, { verify, keyring: local.settings.keyring, tell, nowMs: Date.now(), skipRefresh });
}

/** Fetches the dependencies of a chart's folder if `charts/` lacks any; tells of it as remarks. */
export async function fetchMissing(path: string, input: HelmInput): Promise<void> {
  if (findMissingDependencies(await readChart(path)).length === 0) return;
  await runDependencies('update', path, 'never', input, input.terminal.say);
}
