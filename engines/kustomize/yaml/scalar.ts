import { resolvePlain } from '@croft/helm/yaml/resolve';
import { analyzeScalar } from '@croft/helm/yaml/style';
import { isBase60 } from '@croft/helm/yaml/write';
import { isOldBoolean, type Meaning, resolveText } from './core-schema.ts';
import type { Node } from './node.ts';

/**
 * What a scalar means once it has been written and read again: text that cannot stand without quotes gets some, text
 * tagged as such too, and a tag that says more than the text decides. Throws when text and tag do not fit.
 */
export function resolveScalar(node: Node): Meaning {
  const { value, tag } = node;
  if (tag === '!!str' || (node.quoted && (tag === '' || tag === '!'))) return { tag: '!!str', value };
  if (tag === '!!binary') return { tag, value: Buffer.from(value, 'base64').toString('utf8') };
  const plain = canBePlain(value) ? resolveText(value) : ({ tag: '!!str', value } as const);
  if (tag === '' || tag === '!') return plain;
  if (plain.tag === tag) return node.quoted ? { tag: '!!str', value } : plain;
  if (tag === '!!float' && plain.tag === '!!int') return { tag, value: Number(plain.value) };
  if (!knownTags.has(tag)) return { tag: '!!str', value };
  throw new Error(`yaml: cannot decode ${plain.tag} \`${value}\` as a ${tag}`);
}

const knownTags = new Set(['!!int', '!!float', '!!bool', '!!null', '!!timestamp']);

function canBePlain(text: string): boolean {
  return text === '' || analyzeScalar(text).plainAllowed;
}

/** Whether a text needs quotes to stay text when written by go-yaml v3. */
export function needsQuotes(text: string): boolean {
  if (text === '' || text.includes('\n') || !canBePlain(text)) return true;
  return resolveText(text).tag !== '!!str' || isOldBoolean(text) || isBase60(text);
}

/** Whether YAML 1.1 reads the text as something else than text. */
export function isNonString11(text: string): boolean {
  if (text === '' || text.includes('\n') || !canBePlain(text)) return false;
  return resolvePlain(text).type !== 'str';
}
