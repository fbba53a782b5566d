import { isMap, parseAllDocuments, stringify } from 'yaml';
import type { Format } from './format.ts';
import { isTree, plainOf, type SopsTree, type SopsValue, treeOf } from './tree.ts';

/** The documents of an encrypted text, with `sops` in them. Throws Error when it is not what its form says. */
export function parseDocuments(text: string, format: Format): SopsTree[] {
  if (format === 'dotenv') return [parseDotenv(text)];
  const documents = parseAllDocuments(text, { version: '1.2', logLevel: 'silent' });
  return documents.map((document) => {
    const [problem] = document.errors;
    if (problem !== undefined) throw new Error(problem.message);
    if (!isMap(document.contents)) throw new Error('an object is expected');
    return treeOf(document.toJS({ mapAsMap: true, maxAliasCount: 100 })) as SopsTree;
  });
}

/** The text of decrypted documents. Throws Error when they have no such form. */
export function renderDocuments(branches: readonly SopsTree[], format: Format): Uint8Array {
  const [first = new Map<string, SopsValue>()] = branches;
  if (format === 'binary') return binaryOf(first);
  if (format === 'dotenv') return encode(renderDotenv(first));
  if (format === 'json') return encode(`${JSON.stringify(plainOf(first), undefined, '\t')}\n`);
  return encode(branches.map((branch) => stringify(branch, { indent: 4, lineWidth: 0 })).join('---\n'));
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function binaryOf(tree: SopsTree): Uint8Array {
  const data = tree.get('data');
  if (typeof data === 'string') return encode(data);
  if (data instanceof Uint8Array) return data;
  throw new Error('no binary data found: name the file .yaml, .json or .env after what it holds');
}

function parseDotenv(text: string): SopsTree {
  const tree: SopsTree = new Map();
  const metadata: [string, string][] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (line === '' || line.startsWith('#')) continue;
    const at = line.indexOf('=');
    if (at < 0) throw new Error(`line ${index + 1} of the .env file is no NAME=value`);
    const [name, value] = [line.slice(0, at), line.slice(at + 1).replaceAll('\\n', '\n')];
    if (name.startsWith('sops_')) metadata.push([name.slice('sops_'.length), value]);
    else tree.set(name, value);
  }
  tree.set('sops', unflatten(metadata));
  return tree;
}

/** `age__list_0__map_enc` stands for the key `enc` of the first entry of the list `age`. */
function unflatten(entries: readonly [string, string][]): SopsTree {
  const root: SopsTree = new Map();
  for (const [name, value] of entries) {
    const match = /^(.+?)__list_(\d+)__map_(.+)$/.exec(name);
    if (match === null) {
      root.set(name, value);
      continue;
    }
    const [, list = '', index = '', key = ''] = match;
    const known = root.get(list);
    const items = Array.isArray(known) ? known : [];
    const item = items[Number(index)];
    items[Number(index)] = (isTree(item) ? item : new Map<string, SopsValue>()).set(key, value);
    root.set(list, items);
  }
  return root;
}

function renderDotenv(tree: SopsTree): string {
  const lines = [...tree].map(([name, value]) => {
    if (isTree(value) || Array.isArray(value))
      throw new Error(`the value of ${name} is an object, which a .env file cannot hold`);
    return `${name}=${String(plainOf(value) ?? '').replaceAll('\n', '\\n')}\n`;
  });
  return lines.join('');
}
