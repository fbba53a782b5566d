import { createInterface } from 'node:readline/promises';
import { UserError } from '@croft/foundation/errors';

/** Asks a person who sits at a terminal to agree to a loss. Throws UserError when nobody does. */
export async function confirm(loss: string): Promise<void> {
  if (!process.stdin.isTTY) throw new UserError(`${loss} Say so with --yes`);
  const dialogue = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await dialogue.question(`${loss} Type "yes" to go on: `);
  dialogue.close();
  if (answer.trim() !== 'yes') throw new UserError('nothing was removed');
}
