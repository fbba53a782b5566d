import { createHash } from 'node:crypto';
import { configMaps } from '@croft/api/kinds';
import type { ConfigMap } from '@croft/api/types';
import type { Client } from '@croft/client/client';
import { systemClock } from '@croft/foundation/clock';

/** What one object is known to hold; undefined when there is none. */
type Content = string | undefined;

export interface AcknowledgedWrites {
  readonly acknowledged: number;
  /** Requests that were cut off, so that what became of them had to be looked up. */
  readonly unknown: number;
  /** What was found that must not be: lost writes, half-written objects. */
  readonly problems: readonly string[];
}

const namespace = 'default';
const objectsOfEach = 6;

/**
 * Creates, replaces, applies and deletes objects of its own until `signal` aborts, and holds what it reads against what
 * was acknowledged. A request that fails leaves the object as it was or as it was to be: anything else is a problem.
 */
export async function writeAndCheck(client: Client, worker: number, signal: AbortSignal): Promise<AcknowledgedWrites> {
  const known = new Map<string, Content>();
  const problems: string[] = [];
  let acknowledged = 0;
  let unknown = 0;
  for (let round = 1; !signal.aborted; round += 1) {
    const name = `w${worker}-${Math.floor(Math.random() * objectsOfEach)}`;
    const before = known.get(name);
    const wanted: Content = before !== undefined && Math.random() < 0.15 ? undefined : `${round}`;
    try {
      await write(client, name, before, wanted, round);
      known.set(name, wanted);
      acknowledged += 1;
    } catch {
      unknown += 1;
      const found = await readWhenUp(client, name, problems);
      if (found !== before && found !== wanted) {
        problems.push(`${name}: ${found} is there, where ${before} or ${wanted} should be`);
      }
      known.set(name, found);
    }
  }
  for (const [name, content] of known) {
    const found = await readWhenUp(client, name, problems);
    if (found !== content) problems.push(`${name}: ${found} is there in the end, where ${content} was acknowledged`);
  }
  return { acknowledged, unknown, problems };
}

async function write(client: Client, name: string, before: Content, wanted: Content, round: number): Promise<void> {
  if (wanted === undefined) return await client.remove(configMaps, { namespace, name });
  const object = render(name, wanted);
  if (before === undefined) await client.create(configMaps, object);
  else if (round % 2 === 0) await client.replace(configMaps, object);
  else await client.apply(configMaps, object, { force: true });
}

/** An object whose parts tell of each other: one that is half written does not fit together. */
function render(name: string, content: string): ConfigMap {
  const filler = content.repeat(2000);
  return { metadata: { namespace, name }, data: { content, filler, digest: digestOf(content, filler) } };
}

const digestOf = (...parts: string[]): string => createHash('sha256').update(parts.join('\n')).digest('hex');

/** Asks until the server answers. */
async function readWhenUp(client: Client, name: string, problems: string[]): Promise<Content> {
  for (;;) {
    let found: ConfigMap | undefined;
    try {
      found = await client.find(configMaps, { namespace, name });
    } catch {
      await systemClock.wait(20);
      continue;
    }
    if (found === undefined) return undefined;
    const { content = '', filler = '', digest } = found.data ?? {};
    if (digest !== digestOf(content, filler)) problems.push(`${name} is half written`);
    return content;
  }
}
