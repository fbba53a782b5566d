import type { CommandGroup } from '../../command.ts';
import { dataDirOption, outputOption } from '../../common-options.ts';

export const command: CommandGroup = {
  name: 'git token',
  summary: 'Who may push to the repositories, or read private ones',
  examples: ['croft git token create maria', 'croft git token list', 'croft git token revoke maria'],
  options: { ...dataDirOption, ...outputOption },
  fallback: 'list',
  commands: {
    list: () => import('./token/list.ts'),
    create: () => import('./token/create.ts'),
    revoke: () => import('./token/revoke.ts'),
  },
};
