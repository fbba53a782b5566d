import type { KubeObject } from '@croft/api/object';
import { type Awaited, NotReadyError, type WaitContext, waitForObjects } from '@croft/release/wait';
import { durationText } from '../duration.ts';
import type { HealthRule } from './health-rule.ts';

export interface HealthOptions {
  rule: HealthRule;
  timeoutMs: number;
}

/** So many are asked for one by one before they are watched: mostly all are well already. */
const mostAsked = 50;

/** Waits until all objects are healthy. One that failed ends it. Throws NotReadyError naming each that is not well. */
export async function waitUntilHealthy(
  context: WaitContext,
  objects: readonly Awaited[],
  { rule, timeoutMs }: HealthOptions,
): Promise<void> {
  const begun = context.clock.now();
  if (objects.length <= mostAsked && (await areAllHealthy(context, objects, rule))) return;
  try {
    await waitForObjects(context, objects, { timeoutMs, done: rule });
  } catch (error) {
    if (!(error instanceof NotReadyError)) throw error;
    const after = durationText(context.clock.now() - begun);
    throw new NotReadyError(`health check failed after ${after}: ${error.message}`, { cause: error });
  }
}

async function areAllHealthy({ client }: WaitContext, objects: readonly Awaited[], rule: HealthRule): Promise<boolean> {
  for (const { kind, key } of objects) {
    const object = await client.find<KubeObject>(kind, key);
    if (rule(object).status !== 'Current') return false;
  }
  return true;
}
