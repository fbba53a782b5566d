import { checkServerIdentity, connect } from 'node:tls';

const connectTimeoutMs = 1_000;

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
