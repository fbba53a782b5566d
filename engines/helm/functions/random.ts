import { type GoFunction, goFunction } from '@croft/gotemplate/functions';
import { INT, STRING } from '@croft/gotemplate/type';
import { crypto } from '../load-late.ts';
import type { FunctionGroup } from './group.ts';

const digits = '0123456789';
const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const printable = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i)).join('');
const MAX_LENGTH = 1024 * 1024;

/** So many characters, each drawn evenly; '' when the count is negative. */
function randomText(alphabet: string): GoFunction {
  return goFunction([INT], (count) => {
    if (count > BigInt(MAX_LENGTH)) throw new Error(`${count} random characters are too many`);
    let text = '';
    for (let i = 0; i < Number(count); i++) text += alphabet.charAt(crypto().randomInt(alphabet.length));
    return text;
  });
}

function shuffle(text: string): string {
  const chars = Array.from(text);
  for (let i = chars.length - 1; i > 0; i--) {
    const j = crypto().randomInt(i + 1);
    [chars[i], chars[j]] = [chars[j] as string, chars[i] as string];
  }
  return chars.join('');
}

export const randomFunctions: FunctionGroup = {
  randAlphaNum: randomText(digits + letters),
  randAlpha: randomText(letters),
  randNumeric: randomText(digits),
  randAscii: randomText(printable),
  randBytes: goFunction([INT], (count) => {
    if (count < 0n) throw new Error('runtime error: makeslice: len out of range');
    if (count > BigInt(MAX_LENGTH)) throw new Error(`${count} random bytes are too many`);
    return crypto().randomBytes(Number(count)).toString('base64');
  }),
  shuffle: goFunction([STRING], shuffle),
  uuidv4: goFunction([], () => crypto().randomUUID()),
};
