import { errorMessage } from '@croft/foundation/errors';
import type { RepositoryIndex } from '@croft/repository/index/index-file';
import { readCachedIndex } from '@croft/repository/local/cached-index';
import { readRepositories } from '@croft/repository/local/repositories-file';
import { type SearchResult, searchIndexes } from '@croft/repository/local/search';
import { globalFlags } from './common-flags.ts';
import type { HelmCommand, HelmInput } from './helm-command.ts';
import { localContext } from './local-context.ts';
import { outputFlag, printOutput } from './print-output.ts';
import { renderTable } from './table.ts';

export const command: HelmCommand = {
  usage: 'search repo [keyword]',
  summary: 'search repositories for a keyword in charts',
  flags: {
    ...globalFlags,
    ...outputFlag,
    regexp: { type: 'bool', short: 'r', help: 'the keyword is a regular expression' },
    versions: { type: 'bool', short: 'l', help: 'show each version of each chart' },
    devel: { type: 'bool', help: 'development versions, too' },
    version: { type: 'text', value: 'RANGE', help: 'range of versions' },
    'max-col-width': { type: 'text', value: 'NUMBER', help: 'maximum column width of the table (50)' },
    'fail-on-no-result': { type: 'bool', help: 'fail if nothing is found' },
  },
  run: async (input) => {
    const { flags } = input;
    const results = searchIndexes(await readIndexes(input), {
      term: flags.positionals.join(' '),
      isPattern: flags.has('regexp'),
      range: flags.text('version') || (flags.has('devel') ? '>0.0.0-0' : '>0.0.0'),
      allVersions: flags.has('versions'),
    });
    if (results.length === 0 && flags.has('fail-on-no-result')) throw new Error('no results found');
    printOutput(input, results.map(describe), () => {
      if (results.length === 0) return 'No results found\n';
      return `${renderTable([header, ...results.map(row)], Number(flags.text('max-col-width') || '50'))}\n`;
    });
    return 0;
  },
};

async function readIndexes(input: HelmInput): Promise<Map<string, RepositoryIndex>> {
  const context = localContext(input);
  const entries = (await readRepositories(context.settings.repositoryConfig))?.repositories ?? [];
  if (entries.length === 0) throw new Error('no repositories configured');
  const indexes = new Map<string, RepositoryIndex>();
  for (const { name } of entries) {
    try {
      indexes.set(name, await readCachedIndex(name, context));
    } catch (error) {
      context.warn(`WARNING: Repo "${name}" is corrupt or missing. Try 'helm repo update'.`);
      context.warn(`WARNING: ${errorMessage(error)}`);
    }
  }
  return indexes;
}

const header = ['NAME', 'CHART VERSION', 'APP VERSION', 'DESCRIPTION'];

function row({ name, version: { metadata } }: SearchResult): string[] {
  return [name, metadata.version, metadata.appVersion, metadata.description];
}

function describe({ name, version: { metadata } }: SearchResult): Record<string, string> {
  const { version, appVersion, description } = metadata;
  return { name, version, app_version: appVersion, description };
}
