import { rm } from 'node:fs/promises';
import { exists, writeFileAtomic } from '@croft/foundation/files';
import { run } from '@croft/foundation/process';

const timeoutMs = 60_000;

/** Whether this machine's services are started by systemd. */
export async function hasSystemd(): Promise<boolean> {
  return await exists('/run/systemd/system');
}

const unitName = (id: string) => `croft-${id}.service`;
const unitPath = (id: string) => `/etc/systemd/system/${unitName(id)}`;

/** The unit that starts Croft at boot. Containers and front door are not ended with it. */
export function renderUnit(launcher: string, dataDir: string): string {
  return `[Unit]
Description=Croft in ${dataDir}
After=network-online.target
Wants=network-online.target

[Service]
ExecStart=${launcher} run --data-dir ${dataDir}
KillMode=process
Delegate=yes
Restart=always
RestartSec=1
TasksMax=infinity

[Install]
WantedBy=multi-user.target
`;
}

export async function startUnit(id: string, launcher: string, dataDir: string): Promise<void> {
  await writeFileAtomic(unitPath(id), renderUnit(launcher, dataDir), 0o644);
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
