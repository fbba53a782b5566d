import { createServer } from 'node:net';
import { join } from 'node:path';
import type { Clock } from '@croft/foundation/clock';
import { findDetached, startDetached, stopDetached } from '@croft/foundation/detached';
import { errorMessage, hasErrorCode, UserError } from '@croft/foundation/errors';
import { writeFileAtomic } from '@croft/foundation/files';
import { jsonEqual } from '@croft/foundation/json';
import { fetchConfig, loadConfig } from './admin-api.ts';
import type { CaddyJson } from './render-route.ts';
import { servesTls } from './serves-tls.ts';

export interface CaddyOptions {
  /** The program's process id, admin socket, log and last configuration lie here; 0700. */
  runDir: string;
  httpPort: number;
  httpsPort: number;
  /** A host that has a certificate under every configuration: Caddy counts as started once it serves TLS for it. */
  probeHost: string;
  clock: Clock;
  signal?: AbortSignal;
}

const readyTimeoutMs = 30_000;
/** Requests that are open may end within it. */
const graceMs = 5_000;

export function adminSocketPath(runDir: string): string {
  return join(runDir, 'caddy.sock');
}

export function caddyLogPath(runDir: string): string {
  return join(runDir, 'caddy.log');
}

/**
 * Makes Caddy run under this configuration, as a process that outlives this one: starts it, or tells the running one if
 * anything has changed. Gives whether anything was done. Throws UserError when Caddy or a port is missing.
 */
export async function applyCaddyConfig(config: CaddyJson, options: CaddyOptions): Promise<boolean> {
  const socketPath = adminSocketPath(options.runDir);
  const running = (await findDetached(pidPath(options))) === undefined ? undefined : await fetchConfig(socketPath);
  if (running !== undefined && jsonEqual(running, config)) return false;
  const configPath = join(options.runDir, 'caddy.json');
  if (running !== undefined) await loadConfig(socketPath, config);
  await writeFileAtomic(configPath, JSON.stringify(config)); // holds keys of certificates: 0600
  if (running === undefined) await startCaddy(configPath, options);
  return true;
}

/** Ends Caddy; fine when it does not run. */
export async function stopCaddy(options: Pick<CaddyOptions, 'runDir' | 'clock'>): Promise<void> {
  await stopDetached(pidPath(options), { clock: options.clock, graceMs });
}

/** Whether the process is there. */
export async function isCaddyRunning(options: Pick<CaddyOptions, 'runDir'>): Promise<boolean> {
  return (await findDetached(pidPath(options))) !== undefined;
}

async function startCaddy(configPath: string, options: CaddyOptions): Promise<void> {
  const { runDir, clock, signal } = options;
  await stopCaddy(options); // one that runs but does not answer
  await requirePort(options.httpPort, '--http-port');
  await requirePort(options.httpsPort, '--https-port');
  try {
    await startDetached({
      command: 'caddy',
      args: ['run', '--config', configPath],
      env: {
        PATH: process.env.PATH,
        HOME: runDir,
        XDG_DATA_HOME: runDir,
        XDG_CONFIG_HOME: runDir,
        GOMEMLIMIT: '256MiB',
      },
      pidPath: pidPath(options),
      logPath: join(runDir, 'caddy-start.log'),
      isReady: async () =>
        (await fetchConfig(adminSocketPath(runDir))) != null && (await servesTls(options.httpsPort, options.probeHost)),
      readyTimeoutMs,
      clock,
      ...(signal === undefined ? {} : { signal }),
    });
  } catch (error) {
    if (/exit code 127/.test(errorMessage(error))) {
      throw new UserError('The front door needs Caddy, and caddy is not installed: apt-get install caddy');
    }
    throw error;
  }
}

/** Caddy shares ports with others of its kind without a word, so a taken one is found here. */
async function requirePort(port: number, flag: string): Promise<void> {
  const server = createServer();
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ port, exclusive: true }, resolve);
    });
  } catch (error) {
    const what = hasErrorCode(error, 'EADDRINUSE')
      ? 'is taken by another program'
      : `cannot be used: ${errorMessage(error)}`;
    throw new UserError(`Port ${port} of the front door ${what}. Free it, or choose another with ${flag}.`);
  }
  await new Promise((resolve) => server.close(resolve));
}

function pidPath({ runDir }: Pick<CaddyOptions, 'runDir'>): string {
  return join(runDir, 'caddy.pid');
}
