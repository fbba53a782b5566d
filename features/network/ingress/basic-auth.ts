import type { Secret } from '@croft/api/types';

export interface Account {
  username: string;
  /** A bcrypt hash. */
  hash: string;
}

export interface Accounts {
  accounts: Account[];
  /** Users whose hash is of another kind. */
  unsupported: string[];
}

const bcrypt = /^\$2[aby]?\$\d\d\$[./A-Za-z0-9]{53}$/;

/**
 * The accounts of an `auth-secret`: htpasswd lines under the key `auth`, or for kind `map` one key for each user. Only
 * bcrypt hashes (`htpasswd -B`) can be checked. The first line of a user counts.
 */
export function parseAccounts(secret: Secret, kind: 'file' | 'map'): Accounts {
  const data = Object.entries(secret.data ?? {}).map(([key, value]) => [key, decodeText(value)] as const);
  const file = data.find(([key]) => key === 'auth')?.[1] ?? '';
  const lines = kind === 'map' ? data.map(([user, hash]) => `${user}:${hash.trim()}`) : file.split('\n');
  const accounts = new Map<string, Account>();
  const unsupported = new Set<string>();
  for (const line of lines) {
    const [username, hash] = splitLine(line.trim());
    if (username === undefined || hash === undefined || accounts.has(username)) continue;
    if (bcrypt.test(hash) && !/[{}]/.test(username)) accounts.set(username, { username, hash });
    else unsupported.add(username);
  }
  return { accounts: [...accounts.values()], unsupported: [...unsupported] };
}

function splitLine(line: string): [string | undefined, string | undefined] {
  const colon = line.indexOf(':');
  if (colon <= 0 || line.startsWith('#')) return [undefined, undefined];
  return [line.slice(0, colon), line.slice(colon + 1)];
}

export function decodeText(base64: string): string {
  return Buffer.from(base64, 'base64').toString('utf8');
}
