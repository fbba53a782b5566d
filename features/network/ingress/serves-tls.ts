import { checkServerIdentity, connect } from 'node:tls';
import type { Clock } from '@croft/foundation/clock';

const connectTimeoutMs = 1_000;
const pauseMs = 20;
const patienceMs = 10_000;

/** Whether a certificate for this host is shown on a port of this machine. */
export async function servesTls(port: number, host: string): Promise<boolean> {
  const socket = connect({
    host: '127.0.0.1',
    port,
    servername: host,
    rejectUnauthorized: false,
    timeout: connectTimeoutMs,
  });
  try {
    return await new Promise((resolve) => {
      socket.once('secureConnect', () => resolve(checkServerIdentity(host, socket.getPeerCertificate()) === undefined));
      socket.once('error', () => resolve(false));
      socket.once('timeout', () => resolve(false));
    });
  } finally {
    socket.destroy();
  }
}

export interface TlsWait {
  httpsPort: number;
  clock: Clock;
  signal: AbortSignal;
}

/** Certificates come a moment after the configuration. Gives the hosts that have none after ten seconds. */
export async function awaitTls(hosts: readonly string[], { httpsPort, clock, signal }: TlsWait): Promise<string[]> {
  const end = clock.now() + patienceMs;
  const missing = await Promise.all(
    hosts.map(async (host) => {
      while (!(await servesTls(httpsPort, host))) {
        if (clock.now() > end) return [host];
        await clock.wait(pauseMs, signal);
      }
      return [];
    }),
  );
  return missing.flat();
}
