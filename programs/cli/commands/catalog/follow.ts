import { UserError } from '@croft/foundation/errors';
import { getInstance } from '@croft/platform/instance';
import { instancePaths } from '@croft/platform/paths';
import { editSettings, setIn } from '@croft/platform/settings-file';
import { followSource } from '../../apps/follow-source.ts';
import type { Command } from '../../command.ts';
import { dataDirOption, noWaitOption, readDataDir, readText, timeoutOption } from '../../common-options.ts';

export const command: Command = {
  name: 'catalog follow',
  arguments: '[URL]',
  summary: "Follow a repository; without a URL what flux_source names, and the instance's own where it names none",
  examples: [
    'croft catalog follow https://git.example.org/ours.git --branch main --path flux',
    'croft catalog follow https://git.example.org/ours.git --secret ours-git',
    'croft catalog follow',
    'croft catalog follow --own',
  ],
  options: {
    ...dataDirOption,
    ...timeoutOption,
    ...noWaitOption,
    branch: { type: 'string', value: 'BRANCH', help: 'the branch (main)' },
    path: { type: 'string', value: 'FOLDER', help: 'the folder with the prescriptions (flux)' },
    secret: { type: 'string', value: 'NAME', help: 'a Secret in croft-system with username and password' },
    own: { type: 'boolean', help: "the instance's own catalogue; flux_source is taken out of the settings" },
  },
  run: async (input) => {
    const [url, ...rest] = input.positionals;
    if (rest.length > 0) throw new UserError('one URL is expected: croft catalog follow URL');
    const source = readSource(input.options.own === true, url, {
      branch: readText(input, 'branch'),
      path: readText(input, 'path'),
      secret: readText(input, 'secret'),
    });
    const dataDir = readDataDir(input);
    await getInstance(dataDir);
    const { settings } = instancePaths(dataDir);
    await editSettings(settings, (document) => {
      setIn(document, ['local_flux'], undefined);
      if (source !== 'as-it-is') setIn(document, ['flux_source'], source);
    });
    return input.options['no-wait'] === true ? 0 : await followSource(input, settings);
  },
};

/** What `flux_source` is to say; undefined: nothing. */
function readSource(own: boolean, url: string | undefined, more: Record<string, string | undefined>) {
  const given = Object.entries(more).filter(([, value]) => value !== undefined);
  if (own && (url !== undefined || given.length > 0)) throw new UserError('--own goes with no URL and no other option');
  if (own) return undefined;
  if (url !== undefined) return { repo: url, ...Object.fromEntries(given) };
  const [option] = given[0] ?? [];
  if (option !== undefined) throw new UserError(`--${option} needs a URL`);
  return 'as-it-is';
}
