import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findStepReader } from '../kubectl/older-client.ts';
import { startListeningServer } from '../kubectl/server.ts';
import { replaySession, type Session } from '../kubectl/session.ts';
import type { CaseResult } from '../suite.ts';

/** Replays the recorded sessions with the kubectl of this machine, one after the other. `options`: ids, as `--ID`. */
export async function* runSuite(dir: string, options: ReadonlySet<string> = new Set()): AsyncIterable<CaseResult> {
  const files = readdirSync(dir).filter((name) => name.endsWith('.json'));
  const sessions = files.sort().map((name) => JSON.parse(readFileSync(join(dir, name), 'utf8')) as Session);
  const read = await findStepReader();
  await using server = await startListeningServer();
  for (const session of sessions) {
    const { id } = session;
    if (options.size > 0 && !options.has(id)) continue;
    try {
      const reason = await replaySession(server, session, read);
      yield reason === undefined ? { id, passed: true } : { id, passed: false, reason };
    } catch (error) {
      yield { id, passed: false, reason: error instanceof Error ? error.message : String(error) };
    }
  }
}
