import { encodeString } from '@croft/gotemplate/bytes';
import { crypto } from '../load-late.ts';

const SEED = 'com.lyndir.masterpassword';
const long =
  'CvcvnoCvcvCvcv CvcvCvcvnoCvcv CvcvCvcvCvcvno CvccnoCvcvCvcv CvccCvcvnoCvcv CvccCvcvCvcvno CvcvnoCvccCvcv CvcvCvccnoCvcv CvcvCvccCvcvno CvcvnoCvcvCvcc CvcvCvcvnoCvcc CvcvCvcvCvccno CvccnoCvccCvcv CvccCvccnoCvcv CvccCvccCvcvno CvcvnoCvccCvcc CvcvCvccnoCvcc CvcvCvccCvccno CvccnoCvcvCvcc CvccCvcvnoCvcc CvccCvcvCvccno';

const shapes: Readonly<Record<string, string>> = {
  maximum: 'anoxxxxxxxxxxxxxxxxx axxxxxxxxxxxxxxxxxno',
  long,
  medium: 'CvcnoCvc CvcCvcno',
  short: 'Cvcn',
  basic: 'aaanaaan aannaaan aaannaaa',
  pin: 'nnnn',
};

const characters: Readonly<Record<string, string>> = {
  V: 'AEIOU',
  C: 'BCDFGHJKLMNPQRSTVWXYZ',
  v: 'aeiou',
  c: 'bcdfghjklmnpqrstvwxyz',
  A: 'AEIOUBCDFGHJKLMNPQRSTVWXYZ',
  a: 'AEIOUaeiouBCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz',
  n: '0123456789',
  o: "@&%?,=[]_:-+*$#!'^~;()/.",
  x: 'AEIOUaeiouBCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz0123456789!@#$%^&*()',
};

/** The Master Password algorithm: the same password every time for the same secret, user, site and counter. */
export function derivePassword(counter: number, kind: string, password: string, user: string, site: string): string {
  const shape = Object.hasOwn(shapes, kind) ? shapes[kind] : undefined;
  if (shape === undefined) return `cannot find password template ${kind}`;
  const salt = withLength(user);
  const key = crypto().scryptSync(encodeString(password), salt, 64, {
    N: 32768,
    r: 8,
    p: 2,
    maxmem: 128 * 1024 * 1024,
  });
  const count = Buffer.alloc(4);
  count.writeUInt32BE(counter);
  const seed = crypto()
    .createHmac('sha256', key)
    .update(Buffer.concat([withLength(site), count]))
    .digest();
  const list = shape.split(' ');
  const template = list[(seed[0] ?? 0) % list.length] ?? '';
  return Array.from(template, (kindOfChar, i) => {
    const set = characters[kindOfChar] ?? '';
    return set.charAt((seed[i + 1] ?? 0) % set.length);
  }).join('');
}

function withLength(text: string): Buffer {
  const bytes = encodeString(text);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([Buffer.from(SEED), length, bytes]);
}
