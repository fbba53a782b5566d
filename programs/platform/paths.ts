import { join } from 'node:path';

/** Where things lie in an instance's data directory. */
export interface InstancePaths {
  root: string;
  instance: string;
  settings: string;
  environment: string;
  kubeconfig: string;
  database: string;
  pki: string;
  caCertificate: string;
  volumes: string;
  artifacts: string;
  git: string;
  catalogRepository: string;
  pushToken: string;
  gitTokens: string;
  gitCache: string;
  containers: string;
  logs: string;
  log: string;
  errorLog: string;
  run: string;
  pid: string;
}

export function instancePaths(root: string): InstancePaths {
  const at = (...parts: string[]) => join(root, ...parts);
  return {
    root,
    instance: at('instance.json'),
    settings: at('settings.yaml'),
    environment: at('environment'),
    kubeconfig: at('kubeconfig'),
    database: at('state.db'),
    pki: at('pki'),
    caCertificate: at('pki', 'ca.crt'),
    volumes: at('volumes'),
    artifacts: at('artifacts'),
    git: at('git'),
    catalogRepository: at('git', 'catalog.git'),
    pushToken: at('git', 'push-token'),
    gitTokens: at('git', 'tokens.json'),
    gitCache: at('artifacts', 'git-cache'),
    containers: at('containers'),
    logs: at('logs'),
    log: at('logs', 'croft.log'),
    errorLog: at('logs', 'croft-errors.log'),
    run: at('run'),
    pid: at('run', 'croft.pid'),
  };
}

/** `/var/lib/croft` for root, `$XDG_DATA_HOME/croft` otherwise. */
export function defaultDataDir(env: NodeJS.ProcessEnv, uid: number): string {
  if (uid === 0) return '/var/lib/croft';
  return join(env.XDG_DATA_HOME || join(env.HOME ?? '/', '.local', 'share'), 'croft');
}
