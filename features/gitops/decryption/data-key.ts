import { errorMessage } from '@croft/foundation/errors';
import { armor, Decrypter } from 'age-encryption';
import type { SopsMetadata } from './metadata.ts';

/** Private keys, and where they are from, for errors. */
export interface AgeKeys {
  identities: string[];
  name: string;
}

/** The key that the values are encrypted with. Throws Error when none of the private keys opens it. */
export async function openDataKey({ age }: SopsMetadata, keys: AgeKeys): Promise<Uint8Array> {
  if (age.length === 0)
    throw new Error(
      'cannot get sops data key: it is not encrypted for an age key; other kinds of keys are not supported',
    );
  const decrypter = new Decrypter();
  keys.identities.forEach((identity, index) => {
    addIdentity(decrypter, identity, `key ${index + 1} of ${keys.name}`);
  });
  const problems = new Set<string>();
  for (const { enc } of age) {
    try {
      return await decrypter.decrypt(armor.decode(enc));
    } catch (error) {
      problems.add(errorMessage(error));
    }
  }
  const recipients = age.map(({ recipient }) => recipient).join(', ');
  throw new Error(
    `cannot get sops data key: no key of ${keys.name} opens it (${[...problems].join('; ')}); it is encrypted for ${recipients}`,
  );
}

/** What the library says of a bad key is not told: it could hold the key. */
function addIdentity(decrypter: Decrypter, identity: string, name: string): void {
  try {
    decrypter.addIdentity(identity);
  } catch {
    throw new Error(`${name} is no private key of age: it begins with AGE-SECRET-KEY-`);
  }
}

/** The private keys of an age key file: one a line, comments left out. */
export function parseKeyFile(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
}
