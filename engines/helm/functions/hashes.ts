import { encodeString } from '@croft/gotemplate/bytes';
import { type GoFunction, goFunction } from '@croft/gotemplate/functions';
import { STRING } from '@croft/gotemplate/type';
import { crypto } from '../load-late.ts';
import type { FunctionGroup } from './group.ts';

function hash(algorithm: string): GoFunction {
  return goFunction([STRING], (text) => crypto().createHash(algorithm).update(encodeString(text)).digest('hex'));
}

/** RFC 1950, in decimal. */
function adler32(text: string): string {
  let low = 1;
  let high = 0;
  for (const byte of encodeString(text)) {
    low = (low + byte) % 65521;
    high = (high + low) % 65521;
  }
  return String(high * 65536 + low);
}

export const hashFunctions: FunctionGroup = {
  sha1sum: hash('sha1'),
  sha256sum: hash('sha256'),
  sha512sum: hash('sha512'),
  adler32sum: goFunction([STRING], adler32),
};
