import { UserError } from '@croft/foundation/errors';
import { exists } from '@croft/foundation/files';
import { run } from '@croft/foundation/process';
import { hasSystemd } from '../systemd.ts';

const installTimeoutMs = 15 * 60_000;

export async function isDebianLike(): Promise<boolean> {
  return await exists('/etc/debian_version');
}

/** Installs packages of the distribution; as root on Debian and Ubuntu only. Throws UserError with apt's error text. */
export async function installPackages(packages: readonly string[], onOutput: (text: string) => void): Promise<void> {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const apt = (...args: string[]) =>
    run('apt-get', args, { timeoutMs: installTimeoutMs, env, onOutput: (chunk) => onOutput(chunk.toString('utf8')) });
  try {
    await apt('update', '-qq');
    await apt('install', '-y', '-qq', '--no-install-recommends', ...packages);
    // The packages' own services would take the ports; Croft starts what it needs itself.
    await stopPackagedServices();
  } catch (error) {
    throw new UserError(`the packages could not be installed: ${(error as Error).message}`, { cause: error });
  }
}

async function stopPackagedServices(): Promise<void> {
  if (!(await hasSystemd())) return;
  await run('systemctl', ['disable', '--now', 'caddy.service'], { timeoutMs: 60_000, okExitCodes: [0, 1, 5] });
}
