import type { TestContext } from 'node:test';

/** Subtests in order; after one that fails the others are not run, for each needs what came before. */
export function stepsOf(t: TestContext): (name: string, run: (t: TestContext) => Promise<void>) => Promise<void> {
  let failed = '';
  return async (name, run) => {
    await t.test(name, { skip: failed === '' ? false : `"${failed}" failed` }, async (step) => {
      failed = name;
      await run(step);
      failed = '';
    });
  };
}
