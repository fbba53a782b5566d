import { rm } from 'node:fs/promises';
import { exists, writeFileAtomic } from '@croft/foundation/files';
import { run } from '@croft/foundation/process';
import { instancePaths } from './paths.ts';

const timeoutMs = 60_000;

/** Whether this machine's services are started by systemd. */
export async function hasSystemd(): Promise<boolean> {
  return await exists('/run/systemd/system');
}

const unitName = (id: string) => `croft-${id}.service`;
const unitPath = (id: string) => `/etc/systemd/system/${unitName(id)}`;

export interface UnitOptions {
  /** Names the unit. */
  id: string;
  /** Absolute path of the command `croft`. */
  launcher: string;
  dataDir: string;
  /** Of who starts it: what it says of the machine's network is handed on. */
  env: NodeJS.ProcessEnv;
}

/** The unit that starts Croft at boot. Containers and front door are not ended with it. */
export function renderUnit({ launcher, dataDir }: Omit<UnitOptions, 'env'>): string {
  return `[Unit]
Description=Croft in ${dataDir.replaceAll('%', '%%')}
After=network-online.target
Wants=network-online.target

[Service]
ExecStart=${quote(launcher)} run --data-dir ${quote(dataDir)}
EnvironmentFile=-${instancePaths(dataDir).environment.replaceAll('%', '%%')}
KillMode=process
Delegate=yes
Restart=always
RestartSec=1
TasksMax=infinity

[Install]
WantedBy=multi-user.target
`;
}

/** How the machine reaches others: proxies, and authorities that are trusted beside the usual ones. */
const handedOn = /^(https?_proxy|no_proxy|all_proxy|NODE_EXTRA_CA_CERTS|SSL_CERT_FILE|GIT_SSL_CAINFO)$/i;

/** The unit's environment file, as systemd.exec(5) has it; a proxy's address may hold a password. */
export function renderEnvironment(env: NodeJS.ProcessEnv): string {
  return Object.entries(env)
    .filter(([name]) => handedOn.test(name))
    .map(([name, value = '']) => `${name}="${value.replaceAll(/["\\$`]/g, '\\$&')}"\n`)
    .join('');
}

/** A word of a command in a unit. */
function quote(word: string): string {
  const escaped = word.replaceAll(/["\\]/g, '\\$&').replaceAll('%', '%%').replaceAll('$', '$$$$');
  return /^[\w./:@%+=,-]+$/.test(escaped) ? escaped : `"${escaped}"`;
}

export async function startUnit(options: UnitOptions): Promise<void> {
  const { id, dataDir, env } = options;
  const environment = renderEnvironment(env);
  // Who starts it another time may not know of the proxies.
  if (environment !== '') await writeFileAtomic(instancePaths(dataDir).environment, environment);
  await writeFileAtomic(unitPath(id), renderUnit(options), 0o644);
  await run('systemctl', ['daemon-reload'], { timeoutMs });
  await run('systemctl', ['enable', '--now', unitName(id)], { timeoutMs });
}

export async function stopUnit(id: string): Promise<void> {
  await run('systemctl', ['disable', '--now', unitName(id)], { timeoutMs, okExitCodes: [0, 1, 5] });
}

export async function removeUnit(id: string): Promise<void> {
  await rm(unitPath(id), { force: true });
  await run('systemctl', ['daemon-reload'], { timeoutMs });
}
