import { followedSource } from '@croft/platform/bootstrap';
import { getInstance } from '@croft/platform/instance';
import { ownSources } from '@croft/platform/own-repositories';
import { instancePaths } from '@croft/platform/paths';
import { readSettingsFile } from '@croft/platform/settings-file';
import type { Command } from '../../command.ts';
import { dataDirOption, outputOption, readDataDir, wantsJson } from '../../common-options.ts';

export const command: Command = {
  name: 'catalog show',
  summary: 'Show which repository, branch and folder the instance follows, and how often it looks',
  examples: ['croft catalog show', 'croft catalog show -o json'],
  options: { ...dataDirOption, ...outputOption },
  run: async (input) => {
    const dataDir = readDataDir(input);
    const instance = await getInstance(dataDir);
    const settings = await readSettingsFile(instancePaths(dataDir).settings);
    const { intervals } = settings;
    const { url, branch, path, isOwn } = followedSource(ownSources(instance), settings);
    const fetches = isOwn ? 'at each push' : `every ${intervals.fetch}, or by "croft sync"`;
    const lines = [
      `repository   ${url}`,
      `branch       ${branch}`,
      `folder       ${path}`,
      `read         ${fetches}`,
      `applied      at each change, and every ${intervals.prescriptions}`,
      `releases     compared with what is installed at each change, and every ${intervals.releases}`,
    ];
    input.terminal.print(
      wantsJson(input) ? JSON.stringify({ url, branch, path, intervals }, undefined, 2) : lines.join('\n'),
    );
    return 0;
  },
};
