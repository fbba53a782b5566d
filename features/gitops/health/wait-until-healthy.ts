import { areAllReady } from '@croft/release/ask-first';
import { type Awaited, NotReadyError, type WaitContext, waitForObjects } from '@croft/release/wait';
import { durationText } from '../duration.ts';
import type { HealthRule } from './health-rule.ts';

export interface HealthOptions {
  rule: HealthRule;
  timeoutMs: number;
}

/** Waits until all objects are healthy. One that failed ends it. Throws NotReadyError naming each that is not well. */
export async function waitUntilHealthy(
  context: WaitContext,
  objects: readonly Awaited[],
  { rule, timeoutMs }: HealthOptions,
): Promise<void> {
  const begun = context.clock.now();
  if (await areAllReady(context.client, objects, rule)) return;
  try {
    await waitForObjects(context, objects, { timeoutMs, done: rule });
  } catch (error) {
    if (!(error instanceof NotReadyError)) throw error;
    const after = durationText(context.clock.now() - begun);
    throw new NotReadyError(`health check failed after ${after}: ${error.message}`, { cause: error });
  }
}
