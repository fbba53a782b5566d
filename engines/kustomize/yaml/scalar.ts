import { resolvePlain } from '@croft/encoding/yaml/resolve';
import { analyzeScalar } from '@croft/encoding/yaml/style';
import { isBase60 } from '@croft/encoding/yaml/write';
import { isOldBoolean, type Meaning, resolveText } from './core-schema.ts';
import type { Node } from './node.ts';

/**
 * What a scalar means once it has been written and read again: text that cannot stand without quotes gets some, text
 * tagged as such too, and a tag that says more than the text decides. Throws when text and tag do not fit.
 */
export function resolveScalar(node: Node): Meaning {
  const { value, tag } = node;
  if (tag === '!!str' || (node.quoted && (tag === '' || tag === '!'))) {
    return { tag: '!!str', value: node.folded === true ? refold(value) : value };
  }
  if (tag === '!!null' && value === '' && node.inFlow === true) return { tag: '!!str', value };
  if (tag === '!!binary') return { tag, value: Buffer.from(value, 'base64').toString('utf8') };
  const plain = canBePlain(value) ? resolveText(value) : ({ tag: '!!str', value } as const);
  if (tag === '' || tag === '!') return plain;
  if (plain.tag === tag) return node.quoted ? { tag: '!!str', value } : plain;
  if (tag === '!!float' && plain.tag === '!!int') return { tag, value: Number(plain.value) };
  if (!knownTags.has(tag)) return { tag: '!!str', value };
  throw new Error(`yaml: cannot decode ${plain.tag} \`${value}\` as a ${tag}`);
}

/**
 * A text that is written as a folded block and read again. go-yaml doubles the first break after a line that does not
 * start with a blank, if the text itself does not either; folding takes one break away, but not beside such lines.
 */
function refold(text: string): string {
  if (!text.includes('\n') || !analyzeScalar(text).blockAllowed) return text;
  const doubles = !startsBlank(text.replace(/^\n+/, ''));
  return text.replace(/([^\n]+)(\n+)(?=([^\n]?))/g, (_, line: string, breaks: string, next: string) => {
    const isLast = next === '';
    const written = breaks.length + (doubles && !startsBlank(line) ? 1 : 0);
    if (isLast) return line + '\n'.repeat(breaks.length > 1 ? written : 1);
    if (startsBlank(line) || startsBlank(next)) return line + '\n'.repeat(written);
    return line + (written === 1 ? ' ' : '\n'.repeat(written - 1));
  });
}

function startsBlank(text: string): boolean {
  return text === '' || text.startsWith(' ') || text.startsWith('\t');
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
