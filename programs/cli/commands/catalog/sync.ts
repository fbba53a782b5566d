import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { UserError } from '@croft/foundation/errors';
import { isFolder } from '@croft/foundation/files';
import { run } from '@croft/foundation/process';
import { commitFolder } from '@croft/gitops/git-server/commit-folder';
import { repositoryDir } from '@croft/gitops/git-server/repositories';
import { getInstance } from '@croft/platform/instance';
import { localName } from '@croft/platform/own-repositories';
import { instancePaths } from '@croft/platform/paths';
import { editSettings, setIn } from '@croft/platform/settings-file';
import { followSource } from '../../apps/follow-source.ts';
import type { Command, CommandInput } from '../../command.ts';
import { dataDirOption, noWaitOption, readDataDir, readText, timeoutOption } from '../../common-options.ts';

const unpackTimeoutMs = 10 * 60_000;
const defaultPath = 'flux';

export const command: Command = {
  name: 'catalog sync',
  arguments: 'FOLDER',
  summary: 'Follow a copy of a folder as it is now, uncommitted changes too, instead of a repository',
  examples: [
    'croft catalog sync .',
    'croft catalog sync ~/ours --path clusters/test',
    'tar -cz . | ssh root@server croft catalog sync -',
    'croft catalog follow',
  ],
  options: {
    ...dataDirOption,
    ...timeoutOption,
    ...noWaitOption,
    path: { type: 'string', value: 'FOLDER', help: `the folder in it with the prescriptions (${defaultPath})` },
  },
  run: async (input) => {
    const [folder, ...rest] = input.positionals;
    if (folder === undefined || rest.length > 0)
      throw new UserError('one folder is expected: croft catalog sync FOLDER, or "-" for a tarball from the input');
    await getInstance(readDataDir(input));
    if (folder !== '-') return await sync(input, resolve(folder), basename(resolve(folder)));
    const scratch = await mkdtemp(join(tmpdir(), 'croft-catalog-'));
    try {
      await unpackInput(scratch);
      return await sync(input, scratch, 'the given tarball');
    } finally {
      await rm(scratch, { recursive: true, force: true });
    }
  },
};

async function sync(input: CommandInput, folder: string, called: string): Promise<number> {
  const paths = instancePaths(readDataDir(input));
  const path = readText(input, 'path') ?? defaultPath;
  if (!(await isFolder(join(folder, path))))
    throw new UserError(`${called} has no folder "${path}" with prescriptions; name it with --path ("." is the whole)`);
  const { commit, unchanged } = await commitFolder(repositoryDir(paths.git, localName), folder, `Copy of ${called}`);
  const local = path === defaultPath ? true : { path };
  await editSettings(paths.settings, (document) => setIn(document, ['local_flux'], local));
  const what = unchanged ? 'has not changed' : 'was copied';
  input.terminal.say(`${called} ${what}; the instance follows its commit ${commit.slice(0, 10)}`);
  return input.options['no-wait'] === true ? 0 : await followSource(input, paths.settings);
}

/** A tarball, compressed or not, from standard input. */
async function unpackInput(folder: string): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  const input = Buffer.concat(chunks);
  const isCompressed = input[0] === 0x1f && input[1] === 0x8b;
  const args = ['--extract', ...(isCompressed ? ['--gzip'] : []), '--no-same-owner', '--directory', folder];
  await run('tar', args, { timeoutMs: unpackTimeoutMs, input });
}
