import { clearField, getField } from '../yaml/fields.ts';
import type { Node } from '../yaml/node.ts';

export type Directive = 'merge' | 'replace' | 'delete';

const key = '$patch';

/** What a patch's `$patch` says of its mapping or list; it is taken out of the patch. Throws on an unknown word. */
export function takeDirective(patch: Node | undefined): Directive {
  if (patch === undefined) return 'merge';
  if (patch.kind === 'mapping') {
    const word = getField(patch, key)?.value;
    if (word === undefined) return 'merge';
    const directive = parseDirective(word);
    clearField(patch, key);
    return directive;
  }
  if (patch.kind === 'scalar') {
    throw new Error(`no implemented strategic merge patch strategy for '${patch.tag}' ('${patch.value}\n')`);
  }
  const holder = patch.content.find((item) => getField(item, key) !== undefined);
  const word = getField(holder, key)?.value;
  if (holder === undefined || word === undefined || holder.content.length > 2) return 'merge';
  const directive = parseDirective(word);
  patch.content = patch.content.filter((item) => getField(item, key)?.value !== word);
  return directive;
}

function parseDirective(word: string): Directive {
  if (word === 'merge' || word === 'replace' || word === 'delete') return word;
  throw new Error(`unknown patch strategy '${word}'`);
}
