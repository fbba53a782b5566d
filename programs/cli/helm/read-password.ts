import { text as readStream } from 'node:stream/consumers';
import type { Flags, ParsedFlags } from './flags.ts';

export const passwordFlags: Flags = {
  'password-stdin': { type: 'bool', help: 'read the password from standard input' },
};

/** The password from its flag or from standard input; '' when neither gives one. */
export async function readPassword(flags: ParsedFlags): Promise<string> {
  if (!flags.has('password-stdin')) return flags.text('password');
  return (await readStream(process.stdin)).replace(/\r?\n$/, '');
}
