import type { Commands } from './command.ts';

/** Every command, loaded only when it is called. */
export const commands: Commands = {
  up: () => import('./commands/up.ts'),
  down: () => import('./commands/down.ts'),
  status: () => import('./commands/status.ts'),
  apps: () => import('./commands/apps.ts'),
  git: () => import('./commands/git.ts'),
  catalog: () => import('./commands/catalog.ts'),
  sync: () => import('./commands/sync.ts'),
  logs: () => import('./commands/logs.ts'),
  kubeconfig: () => import('./commands/kubeconfig.ts'),
  doctor: () => import('./commands/doctor.ts'),
  uninstall: () => import('./commands/uninstall.ts'),
  apiserver: () => import('./commands/apiserver.ts'),
  controllers: () => import('./commands/controllers.ts'),
  version: () => import('./commands/version.ts'),
  helm: () => import('./commands/helm.ts'),
  run: () => import('./commands/run.ts'),
};
