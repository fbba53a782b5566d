import { decodeBytes, encodeString } from '@croft/gotemplate/bytes';
import { goFunction } from '@croft/gotemplate/functions';
import { STRING } from '@croft/gotemplate/type';
import type { FunctionGroup } from './group.ts';

/** encoding/base64's StdEncoding.DecodeString: line breaks are passed over, everything else must be right. */
export function decodeBase64(text: string): Uint8Array {
  const bytes = encodeString(text);
  let quantum = '';
  let at = 0;
  const fail = (offset: number) => new Error(`illegal base64 data at input byte ${offset}`);
  const clean: string[] = [];
  while (at < bytes.length) {
    const char = String.fromCharCode(bytes[at] ?? 0);
    at++;
    if (char === '\n' || char === '\r') continue;
    if (char === '=') return finishBase64(bytes, at, quantum, clean, fail);
    if (!/[A-Za-z0-9+/]/.test(char)) throw fail(at - 1);
    quantum += char;
    if (quantum.length === 4) {
      clean.push(quantum);
      quantum = '';
    }
  }
  if (quantum !== '') throw fail(at - quantum.length);
  return Buffer.from(clean.join(''), 'base64');
}

function finishBase64(
  bytes: Uint8Array,
  start: number,
  quantum: string,
  clean: string[],
  fail: (offset: number) => Error,
): Uint8Array {
  let at = start;
  const skip = () => {
    while (bytes[at] === 10 || bytes[at] === 13) at++;
  };
  if (quantum.length < 2) throw fail(at - 1);
  if (quantum.length === 2) {
    skip();
    if (at === bytes.length) throw fail(bytes.length);
    if (bytes[at] !== 61) throw fail(at - 1);
    at++;
  }
  skip();
  if (at < bytes.length) throw fail(at);
  return Buffer.from(clean.join('') + quantum, 'base64');
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

function encodeBase32(text: string): string {
  let out = '';
  let bits = 0;
  let value = 0;
  for (const byte of encodeString(text)) {
    value = ((value << 8) | byte) & 0xfff;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      out += alphabet.charAt((value >> bits) & 31);
    }
  }
  if (bits > 0) out += alphabet.charAt((value << (5 - bits)) & 31);
  return out.padEnd(Math.ceil(out.length / 8) * 8, '=');
}

function decodeBase32(text: string): string {
  const clean = text.replace(/[\r\n]/g, '');
  const body = clean.replace(/=+$/, '');
  const bad = Array.from(body).findIndex((char) => !alphabet.includes(char));
  if (bad >= 0) throw new Error(`illegal base32 data at input byte ${bad}`);
  const pad = clean.length - body.length;
  if (clean.length % 8 !== 0 || ![0, 1, 3, 4, 6].includes(pad)) {
    const at = pad === 0 ? Math.floor(body.length / 8) * 8 : body.length;
    throw new Error(`illegal base32 data at input byte ${at}`);
  }
  const bytes: number[] = [];
  let bits = 0;
  let value = 0;
  for (const char of body) {
    value = ((value << 5) | alphabet.indexOf(char)) & 0xfff;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes.push((value >> bits) & 255);
    }
  }
  return decodeBytes(Uint8Array.from(bytes));
}

/** Decoders give the text of their error instead of failing. */
function orErrorText(decode: (text: string) => string): (text: string) => string {
  return (text) => {
    try {
      return decode(text);
    } catch (error) {
      return (error as Error).message;
    }
  };
}

export const encodingFunctions: FunctionGroup = {
  b64enc: goFunction([STRING], (text) => Buffer.from(encodeString(text)).toString('base64')),
  b64dec: goFunction(
    [STRING],
    orErrorText((text) => decodeBytes(decodeBase64(text))),
  ),
  b32enc: goFunction([STRING], encodeBase32),
  b32dec: goFunction([STRING], orErrorText(decodeBase32)),
};
