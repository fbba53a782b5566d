import { systemClock } from '@croft/foundation/clock';
import type { TestInstance } from './instance.ts';

/** Kills come at random within so many milliseconds of a start: while it starts, and while it works. */
const longestLifeMs = 1_600;

/** Kills Croft at random so many times, and starts it each time at once, as a supervisor would. */
export async function killAndStart(instance: TestInstance, times: number): Promise<void> {
  for (let count = 0; count < times; count += 1) {
    await systemClock.wait(Math.random() * longestLifeMs);
    await instance.killCroft();
    instance.startCroft();
  }
}
