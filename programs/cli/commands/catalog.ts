import type { CommandGroup } from '../command.ts';
import { dataDirOption } from '../common-options.ts';

export const command: CommandGroup = {
  name: 'catalog',
  summary: 'Which repository the instance follows: its own, another, or a copy of a folder',
  examples: ['croft catalog show', 'croft catalog sync .', 'croft catalog follow https://git.example.org/ours.git'],
  options: dataDirOption,
  fallback: 'show',
  commands: {
    show: () => import('./catalog/show.ts'),
    sync: () => import('./catalog/sync.ts'),
    follow: () => import('./catalog/follow.ts'),
  },
};
