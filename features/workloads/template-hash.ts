import { sha256Hex } from '@croft/foundation/digest';
import { isJsonObject } from '@croft/foundation/json';

const alphabet = 'bcdfghjklmnpqrstvwxz2456789';

/**
 * A short name for a template: the same text for the same content whatever its key order, of the letters that
 * Kubernetes uses for generated names. `collisions` gives another where a name is taken.
 */
export function templateHash(template: unknown, collisions = 0): string {
  const digest = sha256Hex(JSON.stringify([inOrder(template), collisions]));
  let rest = BigInt(`0x${digest.slice(0, 16)}`);
  let text = '';
  while (text.length < 10) {
    text += alphabet[Number(rest % 27n)];
    rest /= 27n;
  }
  return text;
}

function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder);
  if (!isJsonObject(value)) return value;
  const keys = Object.keys(value).sort();
  return Object.fromEntries(keys.map((key) => [key, inOrder((value as Record<string, unknown>)[key])]));
}
