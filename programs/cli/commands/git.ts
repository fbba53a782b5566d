import type { CommandGroup } from '../command.ts';
import { dataDirOption, outputOption } from '../common-options.ts';

export const command: CommandGroup = {
  name: 'git',
  summary: "The instance's own git repositories: list, create, remove, and who may push",
  examples: ['croft git list', 'croft git create website', 'croft git token create maria'],
  options: { ...dataDirOption, ...outputOption },
  fallback: 'list',
  commands: {
    list: () => import('./git/list.ts'),
    create: () => import('./git/create.ts'),
    url: () => import('./git/url.ts'),
    remove: () => import('./git/remove.ts'),
    token: () => import('./git/token.ts'),
  },
};
