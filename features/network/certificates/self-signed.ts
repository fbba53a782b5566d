import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { bits, integer, objectId, octets, sequence, set, tagged, text, time, trueValue } from './der.ts';

const dayMs = 24 * 60 * 60 * 1000;
const years = 10;
const ids = {
  commonName: '2.5.4.3',
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  basicConstraints: '2.5.29.19',
};

/** A new key (ECDSA P-256) and its own certificate as an authority for ten years (RFC 5280), both as PEM. */
export function createSelfSignedAuthority(commonName: string, nowMs: number): { certificate: string; key: string } {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const publicDer = publicKey.export({ type: 'spki', format: 'der' });
  const name = sequence(set(sequence(objectId(ids.commonName), text(commonName))));
  const algorithm = sequence(objectId(ids.ecdsaWithSha256));
  const serial = randomBytes(16);
  serial[0] = ((serial[0] ?? 0) & 0x3f) | 0x40; // positive, and without leading zeros
  const body = sequence(
    tagged(0, integer(Buffer.of(2))), // version 3
    integer(serial),
    algorithm,
    name,
    sequence(time(nowMs - dayMs), time(nowMs + years * 365 * dayMs)), // a day back for clients whose clock is slow
    name,
    publicDer,
    tagged(3, renderExtensions(publicDer)),
  );
  const signature = sign('sha256', body, privateKey);
  const der = sequence(body, algorithm, bits(signature));
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return {
    certificate: `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

function renderExtensions(publicDer: Buffer): Buffer {
  const point = publicDer.subarray(-65); // an uncompressed P-256 point, at the end of its SubjectPublicKeyInfo
  const keyId = createHash('sha1').update(point).digest();
  const certSignAndCrlSign = bits(Buffer.of(0x06), 1);
  return sequence(
    sequence(objectId(ids.basicConstraints), trueValue, octets(sequence(trueValue))),
    sequence(objectId(ids.keyUsage), trueValue, octets(certSignAndCrlSign)),
    sequence(objectId(ids.subjectKeyIdentifier), octets(octets(keyId))),
  );
}
