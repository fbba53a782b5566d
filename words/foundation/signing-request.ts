import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { type Der, objectId } from './der.ts';
import { type DerItem, readItems, readSequence } from './read-der.ts';

/** A request for a certificate (PKCS #10, RFC 2986). */
export interface SigningRequest {
  readonly subject: Der;
  readonly commonName: string;
  readonly organizations: readonly string[];
  readonly publicKey: KeyObject;
  /** The extension with the names of a server, when it asks for it. */
  readonly alternativeNames: Der | undefined;
}

const ids = {
  commonName: '2.5.4.3',
  organization: '2.5.4.10',
  extensionRequest: '1.2.840.113549.1.9.14',
  alternativeNames: '2.5.29.17',
};

/** How a signature was made, by the id of its algorithm; null where the key itself says so. */
const digests: Readonly<Record<string, string | null>> = {
  '1.2.840.113549.1.1.11': 'sha256',
  '1.2.840.113549.1.1.12': 'sha384',
  '1.2.840.113549.1.1.13': 'sha512',
  '1.2.840.10045.4.3.2': 'sha256',
  '1.2.840.10045.4.3.3': 'sha384',
  '1.2.840.10045.4.3.4': 'sha512',
  '1.3.101.112': null,
};

/** Throws on what is no PEM of a request, and when who made it does not have the key. */
export function parseSigningRequest(pem: string): SigningRequest {
  const [, base64 = ''] =
    /-----BEGIN CERTIFICATE REQUEST-----([\s\S]*?)-----END CERTIFICATE REQUEST-----/.exec(pem) ?? [];
  if (base64 === '') throw new Error('PEM block type must be CERTIFICATE REQUEST');
  const [info, algorithm, signature] = readSequence(Buffer.from(base64, 'base64'));
  if (info === undefined || algorithm === undefined || signature === undefined)
    throw new Error('the request is cut short');
  const [, subject, keyInfo, attributes] = readItems(info.content);
  if (subject === undefined || keyInfo === undefined) throw new Error('the request is cut short');
  const publicKey = createPublicKey({ key: keyInfo.whole, format: 'der', type: 'spki' });
  const id = readItems(algorithm.content)[0]?.whole;
  const digest = Object.entries(digests).find(([text]) => id?.equals(objectId(text)))?.[1];
  if (digest === undefined) throw new Error('the request is signed in a way that is not known');
  if (!verify(digest, info.whole, publicKey, signature.content.subarray(1)))
    throw new Error('the signature of the request is not by its key');
  return {
    subject: subject.whole,
    commonName: namesOf(subject, ids.commonName)[0] ?? '',
    organizations: namesOf(subject, ids.organization),
    publicKey,
    alternativeNames: findExtension(attributes),
  };
}

function namesOf(subject: DerItem, id: string): string[] {
  const parts = readItems(subject.content).flatMap((set) => readItems(set.content));
  return parts.flatMap((part) => {
    const [kind, value] = readItems(part.content);
    return kind?.whole.equals(objectId(id)) && value !== undefined ? [value.content.toString('utf8')] : [];
  });
}

function findExtension(attributes: DerItem | undefined): Der | undefined {
  if (attributes === undefined) return undefined;
  for (const attribute of readItems(attributes.content)) {
    const [kind, values] = readItems(attribute.content);
    if (values === undefined || !kind?.whole.equals(objectId(ids.extensionRequest))) continue;
    const extensions = readItems(values.content).flatMap((list) => readItems(list.content));
    return extensions.find(({ content }) => readItems(content)[0]?.whole.equals(objectId(ids.alternativeNames)))?.whole;
  }
  return undefined;
}
