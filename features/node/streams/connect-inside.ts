import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { Duplex, type Readable } from 'node:stream';

/**
 * A connection to a port of the loopback interface in the network namespace of a process. Throws what stands in the
 * way. Each connection is a process of its own, which ends with it.
 */
export async function connectInside(pid: number, port: number, signal: AbortSignal): Promise<Duplex> {
  const relay = join(import.meta.dirname, 'relay.ts');
  const args = ['--target', String(pid), '--net', '--', process.execPath, relay, String(port)];
  const child = spawn('nsenter', args, { stdio: ['pipe', 'pipe', 'pipe', 'pipe'], signal });
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint += text;
  });
  const failure = once(child, 'close').then(() => false); // rejects when it cannot be started
  const success = once(child.stdio[3] as Readable, 'data').then(() => true);
  if (!(await Promise.race([success, failure]))) throw new Error(complaint.trim() || 'nsenter failed');
  child.on('error', () => {}); // the signal's
  const connection = Duplex.from({ readable: child.stdout, writable: child.stdin });
  connection.on('close', () => child.kill('SIGKILL'));
  return connection;
}
