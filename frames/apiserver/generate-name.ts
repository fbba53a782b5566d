import { randomInt } from 'node:crypto';

/** Consonants and digits only, so that no words come about (apimachinery util/rand). */
const alphabet = 'bcdfghjklmnpqrstvwxz2456789';
const suffixLength = 5;
const maxLength = 63;

/** `base` and five random characters, with the base cut so that all is at most 63 long. */
export function generateName(base: string): string {
  return base.slice(0, maxLength - suffixLength) + randomSuffix();
}

export function randomSuffix(length = suffixLength): string {
  let text = '';
  while (text.length < length) text += alphabet[randomInt(alphabet.length)];
  return text;
}
