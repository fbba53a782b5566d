import type { KeyObject } from 'node:crypto';
import { byteLength, decodeBytes, encodeString } from '@croft/gotemplate/bytes';
import { display } from '@croft/gotemplate/fmt/sprint';
import { goFunction } from '@croft/gotemplate/functions';
import { ANY_SLICE, type GoType, INT, STRING } from '@croft/gotemplate/type';
import { findItems, type GoNumber, GoStruct, structType, type Value } from '@croft/gotemplate/value';
import { type CertificatePair, isIpAddress, selfSigned, signedBy } from '../crypto/certificate.ts';
import { derivePassword } from '../crypto/derive-password.ts';
import { findPem, generateKeyPem, generateRsaKey, parseKeyPem } from '../crypto/keys.ts';
import { bcrypt as bcryptLibrary, crypto } from '../load-late.ts';
import { decodeBase64 } from './encoding.ts';
import type { FunctionGroup } from './group.ts';

const UINT32: GoType<GoNumber> = { name: 'uint32', kind: 'uint32' };

const CERTIFICATE = structType('sprig.certificate', [
  { name: 'Cert', type: STRING },
  { name: 'Key', type: STRING },
]);

function certificateObject({ cert, key }: CertificatePair): GoStruct {
  return new GoStruct(
    CERTIFICATE,
    new Map<string, Value>([
      ['Cert', cert],
      ['Key', key],
    ]),
  );
}

function pairOf(certificate: GoStruct): CertificatePair {
  return { cert: String(certificate.fields.get('Cert')), key: String(certificate.fields.get('Key')) };
}

const BCRYPT_COST = 10;
const BCRYPT_LONGEST = 72;

function bcrypt(text: string): string {
  if (byteLength(text) > BCRYPT_LONGEST) {
    return 'failed to encrypt string with bcrypt: bcrypt: password length exceeds 72 bytes';
  }
  return bcryptLibrary()
    .hashSync(text, BCRYPT_COST)
    .replace(/^\$2b\$/, '$2a$');
}

function givenKey(pem: string): KeyObject {
  try {
    return parseKeyPem(pem);
  } catch (error) {
    throw new Error(`parsing private key: ${(error as Error).message}`);
  }
}

function texts(list: Value, problem: string): string[] {
  return (findItems(list) ?? []).map((item) => {
    if (typeof item !== 'string') throw new Error(`${problem}: ${display(item)} is not a string`);
    return item;
  });
}

function requestOf(commonName: string, ips: Value, dnsNames: Value, days: bigint, isAuthority = false) {
  const addresses = texts(ips, 'error parsing ip');
  for (const ip of addresses) if (!isIpAddress(ip)) throw new Error(`error parsing ip: ${ip}`);
  return {
    commonName,
    ips: addresses,
    dnsNames: texts(dnsNames, 'error processing alternate dns name'),
    days: Number(days),
    isAuthority,
  };
}

/** An authority, a certificate of its own, or one that an authority signs, with the key that `key` gives. */
function authority(name: string, days: bigint, key: () => KeyObject): Value {
  return certificateObject(selfSigned(requestOf(name, null, null, days, true), key(), Date.now()));
}

function ownCertificate(name: string, ips: Value, dnsNames: Value, days: bigint, key: () => KeyObject): Value {
  const given = key();
  return certificateObject(selfSigned(requestOf(name, ips, dnsNames, days), given, Date.now()));
}

function signedCertificate(
  name: string,
  ips: Value,
  dnsNames: Value,
  days: bigint,
  signer: GoStruct,
  key: () => KeyObject,
): Value {
  const given = key();
  return certificateObject(signedBy(pairOf(signer), requestOf(name, ips, dnsNames, days), given, Date.now()));
}

const newKey = () => generateRsaKey(2048);

function customCertificate(cert64: string, key64: string): Value {
  const cert = decodedText(cert64, 'unable to decode base64 certificate');
  const key = decodedText(key64, 'unable to decode base64 private key');
  const block = findPem(cert);
  if (block === undefined) throw new Error('unable to decode certificate');
  try {
    new (crypto().X509Certificate)(block.data);
  } catch (error) {
    throw new Error(`error parsing certificate: decodedCert.Bytes: ${(error as Error).message}`);
  }
  try {
    parseKeyPem(key);
  } catch (error) {
    throw new Error(`error parsing private key: ${(error as Error).message}`);
  }
  return certificateObject({ cert, key });
}

function decodedText(base64: string, problem: string): string {
  try {
    return decodeBytes(decodeBase64(base64));
  } catch {
    throw new Error(problem);
  }
}

const BLOCK = 16;

/** The password cut or filled with zeros to 32 bytes, as Sprig makes an AES key of it. */
function aesKey(password: string): Buffer {
  const key = Buffer.alloc(32);
  key.set(encodeString(password).subarray(0, 32));
  return key;
}

function encryptAes(password: string, text: string): string {
  if (text === '') return '';
  const iv = crypto().randomBytes(BLOCK);
  const cipher = crypto().createCipheriv('aes-256-cbc', aesKey(password), iv);
  return Buffer.concat([iv, cipher.update(encodeString(text)), cipher.final()]).toString('base64');
}

function decryptAes(password: string, base64: string): string {
  if (base64 === '') return '';
  const data = decodeBase64(base64);
  if (data.length < BLOCK) {
    const capacity = Math.floor(base64.length / 4) * 3;
    throw new Error(`runtime error: slice bounds out of range [:16] with capacity ${capacity}`);
  }
  const body = data.subarray(BLOCK);
  if (body.length % BLOCK !== 0) throw new Error('crypto/cipher: input not full blocks');
  if (body.length === 0) throw new Error('runtime error: index out of range [-1]');
  const decipher = crypto()
    .createDecipheriv('aes-256-cbc', aesKey(password), data.subarray(0, BLOCK))
    .setAutoPadding(false);
  const plain = Buffer.concat([decipher.update(body), decipher.final()]);
  const length = plain.length - (plain.at(-1) ?? 0);
  if (length < 0) throw new Error(`runtime error: slice bounds out of range [:${length}]`);
  return decodeBytes(plain.subarray(0, length));
}

export const cryptoFunctions: FunctionGroup = {
  bcrypt: goFunction([STRING], bcrypt),
  htpasswd: goFunction([STRING, STRING], (user, password) =>
    user.includes(':') ? `invalid username: ${user}` : `${user}:${bcrypt(password)}`,
  ),
  derivePassword: goFunction([UINT32, STRING, STRING, STRING, STRING], (counter, kind, password, user, site) =>
    derivePassword(Number(counter.value), kind, password, user, site),
  ),
  genPrivateKey: goFunction([STRING], generateKeyPem),
  genCA: goFunction([STRING, INT], (name, days) => authority(name, days, newKey)),
  genCAWithKey: goFunction([STRING, INT, STRING], (name, days, pem) => authority(name, days, () => givenKey(pem))),
  genSelfSignedCert: goFunction([STRING, ANY_SLICE, ANY_SLICE, INT], (name, ips, dnsNames, days) =>
    ownCertificate(name, ips, dnsNames, days, newKey),
  ),
  genSelfSignedCertWithKey: goFunction([STRING, ANY_SLICE, ANY_SLICE, INT, STRING], (name, ips, dnsNames, days, pem) =>
    ownCertificate(name, ips, dnsNames, days, () => givenKey(pem)),
  ),
  genSignedCert: goFunction([STRING, ANY_SLICE, ANY_SLICE, INT, CERTIFICATE], (name, ips, dnsNames, days, signer) =>
    signedCertificate(name, ips, dnsNames, days, signer, newKey),
  ),
  genSignedCertWithKey: goFunction(
    [STRING, ANY_SLICE, ANY_SLICE, INT, CERTIFICATE, STRING],
    (name, ips, dnsNames, days, signer, pem) =>
      signedCertificate(name, ips, dnsNames, days, signer, () => givenKey(pem)),
  ),
  buildCustomCert: goFunction([STRING, STRING], customCertificate),
  encryptAES: goFunction([STRING, STRING], encryptAes),
  decryptAES: goFunction([STRING, STRING], decryptAes),
};
