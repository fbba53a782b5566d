import type { ApplicationStatus } from '@croft/platform/application-status';
import { changeApplication, withApplication } from '../../apps/change-application.ts';
import type { Command } from '../../command.ts';
import { dataDirOption, noWaitOption, outputOption, readName, timeoutOption } from '../../common-options.ts';

export const command: Command = {
  name: 'apps enable',
  arguments: 'NAME',
  summary: 'Install an application; an earlier one of its name finds its data again',
  examples: ['croft apps enable wordpress', 'croft apps enable wordpress --no-wait'],
  options: { ...dataDirOption, ...outputOption, ...timeoutOption, ...noWaitOption },
  run: async (input) => {
    const name = readName(input, 'croft apps enable NAME ("croft apps list" shows all)');
    return await withApplication(
      input,
      name,
      (connection, application) =>
        changeApplication(input, connection, application, { enabled: true, volumes: 'keep' }),
      describeEnabled,
    );
  },
};

function describeEnabled({ name, ready, url, version, login }: ApplicationStatus): string {
  if (!ready) return `${name} is enabled; "croft status" shows how it goes`;
  const first = login === undefined ? [] : [`  first login: ${login.user} / ${login.password}`];
  return [
    `${name} is ready${version === '' ? '' : ` at version ${version}`}${url === '' ? '' : `: ${url}`}`,
    ...first,
  ].join('\n');
}
