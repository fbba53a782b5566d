import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { sha256Hex } from '@croft/foundation/digest';
import { hasErrorCode, UserError } from '@croft/foundation/errors';
import { writeFileAtomic } from '@croft/foundation/files';

/** What a holder may do: whoever may push may also read. */
export type GitRight = 'read' | 'push';

/** A token by which somebody works with the instance's repositories, without the token itself. */
export interface GitToken {
  name: string;
  right: GitRight;
  /** The only repository it is for; all when left out. */
  repository?: string;
  /** SHA-256 of the token, in hexadecimal digits. */
  digest: string;
  /** RFC 3339. */
  created: string;
}

/** All tokens, in the order they were made. */
export async function readTokens(path: string): Promise<GitToken[]> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as GitToken[];
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return [];
    if (error instanceof SyntaxError) throw new UserError(`${path} is damaged: remove it, and make the tokens anew`);
    throw error;
  }
}

/** Makes a token and gives its text, which is kept nowhere. Throws UserError when there is one of that name. */
export async function createToken(path: string, about: Omit<GitToken, 'digest'>): Promise<string> {
  const tokens = await readTokens(path);
  if (tokens.some(({ name }) => name === about.name))
    throw new UserError(`there is a token "${about.name}" already; revoke it first, or choose another name`);
  const text = randomBytes(24).toString('base64url');
  await writeTokens(path, [...tokens, { ...about, digest: sha256Hex(text) }]);
  return text;
}

/** Makes a token useless at once. Throws UserError when there is none of that name. */
export async function revokeToken(path: string, name: string): Promise<void> {
  const tokens = await readTokens(path);
  const left = tokens.filter((token) => token.name !== name);
  if (left.length === tokens.length)
    throw new UserError(`there is no token "${name}"; "croft git token list" shows all`);
  await writeTokens(path, left);
}

/** What the holder of a text may do with a repository; undefined when it is no token for it. */
export function rightOf(tokens: readonly GitToken[], text: string, repository: string): GitRight | undefined {
  const digest = sha256Hex(text);
  const held = tokens.filter(
    (token) => token.digest === digest && (token.repository === undefined || token.repository === repository),
  );
  return held.find(({ right }) => right === 'push')?.right ?? held[0]?.right;
}

async function writeTokens(path: string, tokens: readonly GitToken[]): Promise<void> {
  await writeFileAtomic(path, `${JSON.stringify(tokens, undefined, 2)}\n`);
}
