import { errorMessage } from '@croft/foundation/errors';
import { updateIndex } from '@croft/repository/local/cached-index';
import { type RepositoryEntry, readRepositories, writeRepositories } from '@croft/repository/local/repositories-file';
import { accessFlags } from './chart-flags.ts';
import { globalFlags } from './common-flags.ts';
import { type HelmCommand, type HelmInput, requireArguments } from './helm-command.ts';
import { accessOf, localContext } from './local-context.ts';
import { passwordFlags, readPassword } from './read-password.ts';

export const command: HelmCommand = {
  usage: 'repo add [NAME] [URL]',
  summary: 'add a chart repository',
  flags: {
    ...globalFlags,
    ...accessFlags,
    ...passwordFlags,
    'force-update': { type: 'bool', help: 'replace the repository if it exists already' },
    'no-update': { type: 'bool', help: 'of no effect' },
    'pass-credentials': { type: 'bool', help: 'send credentials to all hosts' },
    'allow-deprecated-repos': { type: 'bool', help: 'allow repositories that are known to be gone' },
  },
  run: async (input) => {
    const { flags, terminal } = input;
    requireArguments(command, flags.positionals, 2, 2);
    const context = localContext(input);
    const path = context.settings.repositoryConfig;
    const entry = await describeRepository(input);
    const file = (await readRepositories(path)) ?? {
      apiVersion: '',
      generated: '0001-01-01T00:00:00Z',
      repositories: [],
    };
    const known = file.repositories.findIndex(({ name }) => name === entry.name);
    if (known >= 0 && !flags.has('force-update')) {
      if (!isSameRepository(file.repositories[known], entry)) {
        throw new Error(`repository name (${entry.name}) already exists, please specify a different name`);
      }
      terminal.print(`"${entry.name}" already exists with the same configuration, skipping`);
      return 0;
    }
    try {
      await updateIndex(entry, context);
    } catch (error) {
      throw new Error(
        `looks like "${entry.url}" is not a valid chart repository or cannot be reached: ${errorMessage(error)}`,
        { cause: error },
      );
    }
    const repositories = known < 0 ? [...file.repositories, entry] : file.repositories.with(known, entry);
    await writeRepositories(path, { ...file, repositories });
    terminal.print(`"${entry.name}" has been added to your repositories`);
    return 0;
  },
};

/** Repositories that are gone, and what took their place. */
const gone: Readonly<Record<string, string>> = {
  '//kubernetes-charts.storage.googleapis.com': 'https://charts.helm.sh/stable',
  '//kubernetes-charts-incubator.storage.googleapis.com': 'https://charts.helm.sh/incubator',
};

async function describeRepository({ flags, folder }: HelmInput): Promise<RepositoryEntry> {
  const [name = '', url = ''] = flags.positionals;
  if (!flags.has('allow-deprecated-repos')) {
    for (const [old, next] of Object.entries(gone)) {
      if (url.includes(old)) throw new Error(`repo "${url}" is no longer available; try "${next}" instead`);
    }
  }
  if (name.includes('/')) {
    throw new Error(`repository name (${name}) contains '/', please specify a different name without '/'`);
  }
  const { plainHttp: _, ...access } = accessOf(flags, folder);
  const password = await readPassword(flags);
  if (access.username !== '' && password === '') {
    throw new Error(`the password of ${access.username} is missing: give it with --password-stdin`);
  }
  return { name, url, ...access, password };
}

function isSameRepository(one: RepositoryEntry | undefined, other: RepositoryEntry): boolean {
  return Object.entries(other).every(([key, value]) => one?.[key as keyof RepositoryEntry] === value);
}
