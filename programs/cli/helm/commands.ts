import type { HelmCommand } from './helm-command.ts';

/** The commands of helm that are here, loaded only when they are called. */
export const helmCommands: Readonly<Record<string, () => Promise<{ command: HelmCommand }>>> = {
  'dependency build': () => import('./dependency-build.ts'),
  'dependency list': () => import('./dependency-list.ts'),
  'dependency update': () => import('./dependency-update.ts'),
  lint: () => import('./lint.ts'),
  package: () => import('./package.ts'),
  pull: () => import('./pull.ts'),
  push: () => import('./push.ts'),
  'registry login': () => import('./registry-login.ts'),
  'registry logout': () => import('./registry-logout.ts'),
  'repo add': () => import('./repo-add.ts'),
  'repo index': () => import('./repo-index.ts'),
  'repo list': () => import('./repo-list.ts'),
  'repo remove': () => import('./repo-remove.ts'),
  'repo update': () => import('./repo-update.ts'),
  'search repo': () => import('./search-repo.ts'),
  show: () => import('./show.ts'),
  template: () => import('./template.ts'),
  verify: () => import('./verify.ts'),
  version: () => import('./version.ts'),
};
