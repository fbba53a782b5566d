import { readFile } from 'node:fs/promises';
import { Agent, request } from 'node:https';
import { join } from 'node:path';
import { systemClock } from '@croft/foundation/clock';
import { hasErrorCode } from '@croft/foundation/errors';
import type { TestInstance } from './instance.ts';

export interface Traffic extends AsyncDisposable {
  /** Requests answered so far, by the text of the answer. */
  readonly answers: ReadonlyMap<string, number>;
  /** Why requests failed, with the time: no connection, no answer within 10 s, or another status than 200. */
  readonly failures: readonly string[];
  /** Ends the requests; resolves when the last has its answer. */
  stop(): Promise<void>;
}

const answerTimeoutMs = 10_000;

/** Asks for a page over TLS at a steady rate, however long the answers take, until it is stopped. */
export async function startTraffic(
  { dataDir, httpsPort }: Pick<TestInstance, 'dataDir' | 'httpsPort'>,
  host: string,
  { path = '/', perSecond = 50 } = {},
): Promise<Traffic> {
  const ca = await readFile(join(dataDir, 'pki', 'ca.crt'), 'utf8');
  const agent = new Agent({ keepAlive: true, maxSockets: 100 });
  const stop = new AbortController();
  const answers = new Map<string, number>();
  const failures: string[] = [];
  const open = new Set<Promise<void>>();
  const ask = async () => {
    const begun = new Date().toISOString();
    try {
      const text = await fetchText({ agent, ca, host, path, port: httpsPort });
      answers.set(text, (answers.get(text) ?? 0) + 1);
    } catch (error) {
      failures.push(`${begun}: ${(error as Error).message}`);
    }
  };
  const loop = (async () => {
    const begun = systemClock.now();
    for (let count = 0; !stop.signal.aborted; ) {
      const due = Math.floor(((systemClock.now() - begun) / 1000) * perSecond);
      for (; count < due; count += 1) {
        const asked = ask().finally(() => open.delete(asked));
        open.add(asked);
      }
      await systemClock.wait(1000 / perSecond, stop.signal).catch(() => {}); // it is to stop
    }
  })();
  const end = async () => {
    stop.abort();
    await loop;
    await Promise.all(open);
    agent.destroy();
  };
  return { answers, failures, stop: end, [Symbol.asyncDispose]: end };
}

interface Target {
  agent: Agent;
  ca: string;
  host: string;
  path: string;
  port: number;
}

async function fetchText(to: Target): Promise<string> {
  const { agent, ca, host, path, port } = to;
  return await new Promise<string>((resolve, reject) => {
    const outgoing = request(
      { host: '127.0.0.1', port, path, servername: host, ca, agent, headers: { host: `${host}:${port}` } },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('error', reject);
        incoming.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8').trim();
          if (incoming.statusCode === 200) resolve(text);
          else reject(new Error(`status ${incoming.statusCode}: ${text.slice(0, 200)}`));
        });
      },
    );
    outgoing.setTimeout(answerTimeoutMs, () => outgoing.destroy(new Error('no answer within 10 s')));
    outgoing.on('error', (error) => {
      // A kept connection may be closed just when it is used again: every HTTP client then asks anew (RFC 9110, 9.2.2).
      if (outgoing.reusedSocket && hasErrorCode(error, 'ECONNRESET')) resolve(fetchText(to));
      else reject(error);
    });
    outgoing.end();
  });
}
