import type { CommandGroup } from '../command.ts';
import { dataDirOption, outputOption } from '../common-options.ts';

export const command: CommandGroup = {
  name: 'apps',
  summary: 'List what can be installed; enable, disable and configure applications',
  examples: ['croft apps list', 'croft apps enable wordpress', 'croft apps configure wordpress title="Our blog"'],
  options: { ...dataDirOption, ...outputOption },
  fallback: 'list',
  commands: {
    list: () => import('./apps/list.ts'),
    enable: () => import('./apps/enable.ts'),
    disable: () => import('./apps/disable.ts'),
    configure: () => import('./apps/configure.ts'),
  },
};
