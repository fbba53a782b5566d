import { changeApplication, withApplication } from '../../apps/change-application.ts';
import type { Command } from '../../command.ts';
import { dataDirOption, noWaitOption, outputOption, readName, timeoutOption } from '../../common-options.ts';

export const command: Command = {
  name: 'apps disable',
  arguments: 'NAME',
  summary: 'Remove an application; its volumes stay unless told otherwise',
  examples: ['croft apps disable wordpress', 'croft apps disable wordpress --delete-volumes'],
  options: {
    ...dataDirOption,
    ...outputOption,
    ...timeoutOption,
    ...noWaitOption,
    'delete-volumes': { type: 'boolean', help: 'remove its volumes too, with ALL ITS DATA' },
  },
  run: async (input) => {
    const name = readName(input, 'croft apps disable NAME ("croft apps list" shows all)');
    const volumes = input.options['delete-volumes'] === true ? 'delete' : 'keep';
    const fate = volumes === 'delete' ? 'its volumes are removed with it' : 'its volumes stay';
    return await withApplication(
      input,
      name,
      (connection, application) => changeApplication(input, connection, application, { enabled: false, volumes }),
      () => `${name} is disabled; ${fate}`,
    );
  },
};
