import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { hasErrorCode } from '@croft/foundation/errors';
import { run } from '@croft/foundation/process';

/** Whoever holds a port may end, or begin, between two looks: so often it is looked again when nobody is seen to. */
const mostLooks = 5;

/** Why a port cannot be used; undefined when it is free or held by this very instance (named by its data directory). */
export async function findPortProblem(port: number, dataDir: string): Promise<string | undefined> {
  for (let look = 1; look <= mostLooks; look++) {
    const refusal = await tryListening(port);
    if (refusal === undefined) return undefined;
    if (hasErrorCode(refusal, 'EACCES')) return 'may not be used by this user';
    if (!hasErrorCode(refusal, 'EADDRINUSE')) throw refusal;
    const holders = await readHolders(port);
    if (holders.some(({ command }) => command.includes(dataDir))) return undefined;
    if (holders.length > 0)
      return `is taken by ${holders.map(({ name, pid }) => `${name} (process ${pid})`).join(', ')}`;
  }
  return 'is taken by another program';
}

/** Why nobody could listen there now. */
async function tryListening(port: number): Promise<unknown> {
  const server = createServer();
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ port, exclusive: true }, resolve);
    });
    return undefined;
  } catch (error) {
    return error;
  } finally {
    if (server.listening) await new Promise((resolve) => server.close(resolve));
  }
}

interface Holder {
  name: string;
  pid: string;
  command: string;
}

async function readHolders(port: number): Promise<Holder[]> {
  const { stdout } = await run('ss', ['-Hltnp', `sport = :${port}`], { timeoutMs: 10_000 });
  const found = new Map([...stdout.matchAll(/\("([^"]+)",pid=(\d+),/g)].map(([, name = '', pid = '']) => [pid, name]));
  return await Promise.all(
    [...found].map(async ([pid, name]) => {
      const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => ''); // it may have ended
      return { name, pid, command: command.replaceAll('\0', ' ') };
    }),
  );
}
