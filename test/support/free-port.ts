import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { hasErrorCode } from '@croft/foundation/errors';

/** Below what the kernel gives to outgoing connections and what Services take: nobody has it while Croft is down. */
const [first, end] = [10_000, 30_000];

/** A port that is free on all addresses. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(first, end);
    if (await isFree(port)) return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, resolve);
    });
  } catch (error) {
    if (hasErrorCode(error, 'EADDRINUSE')) return false;
    throw error;
  }
  await new Promise((resolve) => server.close(resolve));
  return true;
}
