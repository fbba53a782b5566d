import { YamlError } from '@croft/encoding/yaml/error';
import { parseYaml, type YamlNode } from '@croft/encoding/yaml/parse';
import { resolveText } from './core-schema.ts';
import { getField, setEntry } from './fields.ts';
import { copyNode, makeNode, type Node } from './node.ts';

/** YAML that cannot be read. */
export class MalformedYamlError extends Error {
  override readonly name = 'MalformedYamlError';
}

const separator = /\n---.*\n/g;

/** The documents of a text, cut at lines that start with `---`. Throws when more than a comment follows the dashes. */
export function splitDocuments(text: string): string[] {
  const documents: string[] = [];
  let start = 0;
  for (const match of text.matchAll(separator)) {
    const rest = match[0].slice(4).trim();
    if (rest !== '' && !rest.startsWith('#')) throw new Error(`invalid document separator: ${match[0].trim()}`);
    documents.push(`${text.slice(start, match.index)}\n`);
    start = match.index + match[0].length;
  }
  documents.push(text.slice(start));
  return documents;
}

/** The nodes of each document that is not empty, with aliases and merges (`<<`) carried out. Throws MalformedYamlError. */
export function readDocuments(text: string): Node[] {
  const documents = splitDocuments(text.replaceAll('\r\n', '\n'));
  const nodes = documents.flatMap((document) => readDocument(document) ?? []);
  const [only] = nodes;
  if (documents.length === 1 && only !== undefined) return unwrapList(only);
  return nodes;
}

function readDocument(text: string): Node | undefined {
  try {
    const node = parseYaml(text);
    if (node === undefined) return undefined;
    const converted = convertNode(node);
    return converted.tag === '!!null' ? undefined : converted;
  } catch (error) {
    if (error instanceof YamlError) throw new MalformedYamlError(`MalformedYAMLError: yaml: ${error.beginningMessage}`);
    throw error;
  }
}

/** The elements of a single List. */
function unwrapList(node: Node): Node[] {
  const kind = getField(node, 'kind')?.value;
  if (kind !== 'List' && kind !== 'ResourceList') return [node];
  const items = getField(node, 'items');
  return items === undefined && getField(node, 'functionConfig') === undefined ? [node] : (items?.content ?? []);
}

/** Reads any YAML text to nodes; undefined when it is empty. Throws YamlError. */
export function readNode(text: string): Node | undefined {
  const node = parseYaml(text);
  return node === undefined ? undefined : convertNode(node);
}

const longPrefix = 'tag:yaml.org,2002:';

function convertNode(node: YamlNode, within = false): Node {
  const line = node.line + 1;
  const tag = node.tag.startsWith(longPrefix) ? `!!${node.tag.slice(longPrefix.length)}` : node.tag;
  const inFlow = within || node.style === 'flow';
  const children = (): Node[] => node.children.map((child) => convertNode(child, inFlow));
  switch (node.kind) {
    case 'alias':
      if (node.target === undefined) throw new YamlError(`unknown anchor '${node.value}' referenced`);
      return copyNode(convertNode(node.target, inFlow));
    case 'scalar': {
      const plain = node.implicit || tag !== '';
      const meaning = tag !== '' ? tag : node.implicit ? resolveText(node.value).tag : '!!str';
      const folded = node.style === 'folded';
      return { kind: 'scalar', tag: meaning, value: node.value, quoted: !plain, content: [], line, folded, inFlow };
    }
    case 'sequence':
      return { ...makeNode('sequence', '', tag === '' ? '!!seq' : tag), content: children(), line };
    case 'mapping':
      return mergeMaps({ ...makeNode('mapping', '', '!!map'), content: children(), line });
  }
}

/** Puts the maps under `<<` into this one: own keys win, then the first of several maps. */
function mergeMaps(node: Node): Node {
  const at = node.content.findIndex((child, i) => i % 2 === 0 && child.tag === '!!merge');
  if (at < 0) return node;
  const merged = node.content[at + 1] as Node;
  const own = node.content.toSpliced(at, 2);
  if (own.some((child, i) => i % 2 === 0 && child.tag === '!!merge')) throw new Error('duplicate merge key');
  const result: Node = { ...node, content: own };
  const known = new Set(own.filter((_, i) => i % 2 === 0).map((key) => key.value));
  for (const map of [...mapsToMerge(merged)]) {
    for (let i = 0; i + 1 < map.content.length; i += 2) {
      const key = map.content[i] as Node;
      if (!known.has(key.value)) setEntry(result, copyNode(key), copyNode(map.content[i + 1] as Node));
    }
  }
  return result;
}

/** In the order in which a later one overrides. */
function mapsToMerge(node: Node): Node[] {
  if (node.kind === 'mapping') return [node];
  if (node.kind === 'scalar') throw new Error('map merge requires map or sequence of maps as the value');
  return node.content.toReversed().map((item) => {
    if (item.kind === 'mapping') return item;
    throw new Error('invalid map merge: received a nested sequence');
  });
}
