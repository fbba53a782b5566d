import type { HelmCommand } from './helm-command.ts';

/** The commands of helm that are here, loaded only when they are called. */
export const helmCommands: Readonly<Record<string, () => Promise<{ command: HelmCommand }>>> = {
  lint: () => import('./lint.ts'),
  package: () => import('./package.ts'),
  show: () => import('./show.ts'),
  template: () => import('./template.ts'),
  version: () => import('./version.ts'),
};
