import { join } from 'node:path';
import { writeFileAtomic } from '@croft/foundation/files';
import { indexFolder, mergeIndex, renderIndex } from '@croft/repository/index/write-index';
import { atFolder, globalFlags } from './common-flags.ts';
import { type HelmCommand, requireArguments } from './helm-command.ts';

export const command: HelmCommand = {
  usage: 'repo index [DIR]',
  summary: 'generate an index file given a directory containing packaged charts',
  flags: {
    ...globalFlags,
    url: { type: 'text', value: 'URL', help: 'where the charts will be' },
    merge: { type: 'text', value: 'FILE', help: 'index to take other charts from' },
    json: { type: 'bool', help: 'write the index in JSON' },
  },
  run: async ({ flags, folder }) => {
    requireArguments(command, flags.positionals, 1, 1);
    const target = atFolder(folder, flags.positionals[0] ?? '.');
    const nowMs = Date.now();
    const content = await indexFolder(target, flags.text('url'), nowMs);
    const other = flags.text('merge');
    if (other !== '') await mergeIndex(content, atFolder(folder, other));
    const text = renderIndex(content, flags.has('json') ? 'json' : 'yaml', nowMs);
    await writeFileAtomic(join(target, 'index.yaml'), text, 0o644);
    return 0;
  },
};
