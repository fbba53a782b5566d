import { findBadCharacter } from './chars.ts';
import { parserError, YamlError, YamlOrderError } from './error.ts';
import { YamlScanner } from './scanner.ts';
import { T } from './tokens.ts';

/** A piece of a YAML document. An alias holds the node it stands for. */
export interface YamlNode {
  readonly kind: 'scalar' | 'sequence' | 'mapping' | 'alias';
  /** Line where it starts, from 0. */
  readonly line: number;
  readonly value: string;
  /** The long form of an explicit tag, or ''. */
  readonly tag: string;
  /** Whether a scalar's meaning follows from its text: it has neither quotes nor tag. */
  readonly implicit: boolean;
  /** Elements, or keys and values in turn. */
  readonly children: YamlNode[];
  readonly target?: YamlNode;
  /** How it was written, as far as writing it again depends on it. */
  readonly style?: 'folded' | 'flow';
}

/** Parses the first document of the text; undefined when there is none. Throws YamlError. */
export function parseYaml(text: string): YamlNode | undefined {
  const clean = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  const bad = findBadCharacter(clean);
  if (bad !== undefined) throw new YamlError(bad);
  const parser = new YamlParser(clean);
  try {
    return parser.parseDocument();
  } catch (error) {
    if (error instanceof RangeError) throw new YamlError('exceeded max depth of 10000');
    if (error instanceof YamlOrderError) throw parser.withErrorAhead(error);
    throw error;
  }
}

/** Puts tokens together to nodes, in the grammar of libyaml's parser. */
class YamlParser {
  readonly #scanner: YamlScanner;
  readonly #anchors = new Map<string, YamlNode>();
  readonly #handles = new Map<string, string>();

  constructor(text: string) {
    this.#scanner = new YamlScanner(text);
  }

  /** Version 3 of go-yaml reads two tokens ahead, and so says first what is wrong with those. */
  withErrorAhead(error: YamlOrderError): YamlError {
    try {
      this.#scanner.fetchAhead(2);
      return error;
    } catch (ahead) {
      return ahead instanceof YamlError ? new YamlError(error.message, ahead.beginningMessage) : error;
    }
  }

  parseDocument(): YamlNode | undefined {
    const scanner = this.#scanner;
    const first = scanner.peek();
    if (first.type === T.streamEnd) return undefined;
    this.#parseDirectives();
    const start = scanner.peek();
    if (start.type === T.documentStart) scanner.skip();
    else if (first.type === T.documentEnd) throw parserError(first.line, 'did not find expected node content');
    else if (first !== start) throw parserError(start.line, 'did not find expected <document start>');
    const node = this.#parseContent();
    // What follows the document is not looked at, but its first token must be one.
    scanner.peek();
    return node;
  }

  #parseDirectives(): void {
    let versions = 0;
    for (let item = this.#scanner.peek(); isDirective(item.type); item = this.#scanner.peek()) {
      if (item.type === T.versionDirective) {
        if (versions++ > 0) throw parserError(item.line, 'found duplicate %YAML directive');
        if (item.value !== '1.1') throw parserError(item.line, 'found incompatible YAML document');
      } else {
        if (this.#handles.has(item.value)) throw parserError(item.line, 'found duplicate %TAG directive');
        this.#handles.set(item.value, item.suffix);
      }
      this.#scanner.skip();
    }
    if (!this.#handles.has('!')) this.#handles.set('!', '!');
    if (!this.#handles.has('!!')) this.#handles.set('!!', 'tag:yaml.org,2002:');
  }

  #parseContent(): YamlNode {
    const item = this.#scanner.peek();
    if (item.type <= T.documentEnd) return emptyScalar(item.line);
    return this.#parseNode(true, false);
  }

  #parseNode(block: boolean, indentless: boolean): YamlNode {
    const scanner = this.#scanner;
    let item = scanner.peek();
    const startLine = item.line;
    if (item.type === T.alias) return this.#parseAlias(item.value, item.line);
    let anchor = '';
    let tag = '';
    let tagged = false;
    while ((item.type === T.anchor && anchor === '') || (item.type === T.tag && !tagged)) {
      if (item.type === T.anchor) anchor = item.value;
      else {
        tagged = true;
        tag = this.#resolveTag(item.value, item.suffix, item.line, startLine);
      }
      scanner.skip();
      item = scanner.peek();
    }
    const node = this.#startNode(startLine, tag, block, indentless, anchor !== '');
    if (anchor !== '') this.#anchors.set(anchor, node);
    this.#fillNode(node);
    return node;
  }

  #parseAlias(name: string, line: number): YamlNode {
    const target = this.#anchors.get(name);
    if (target === undefined) throw new YamlError(`unknown anchor '${name}' referenced`);
    this.#scanner.skip();
    return { kind: 'alias', line, value: name, tag: '', implicit: false, children: [], target };
  }

  #resolveTag(handle: string, suffix: string, line: number, contextLine: number): string {
    if (handle === '') return suffix;
    const prefix = this.#handles.get(handle);
    if (prefix === undefined) throw parserError(line, 'found undefined tag handle', contextLine);
    return prefix + suffix;
  }

  /** The node at this token, without its children: an anchor must be known before they are read. */
  #startNode(line: number, tag: string, block: boolean, indentless: boolean, anchored: boolean): YamlNode {
    const item = this.#scanner.peek();
    const node = (kind: YamlNode['kind']): YamlNode => ({ kind, line, value: '', tag, implicit: false, children: [] });
    if (indentless && item.type === T.blockEntry) return node('sequence');
    if (item.type === T.scalar) {
      this.#scanner.skip();
      const implicit = (tag === '' && item.plain) || tag === '!';
      const scalar = { ...node('scalar'), value: item.value, implicit };
      return item.suffix === '>' ? { ...scalar, style: 'folded' } : scalar;
    }
    if (item.type === T.flowSequenceStart) return { ...node('sequence'), style: 'flow' };
    if (item.type === T.flowMappingStart) return { ...node('mapping'), style: 'flow' };
    if (block && item.type === T.blockSequenceStart) return node('sequence');
    if (block && item.type === T.blockMappingStart) return node('mapping');
    if (anchored || tag !== '') return { kind: 'scalar', line, value: '', tag, implicit: tag === '', children: [] };
    throw parserError(item.line, 'did not find expected node content', line);
  }

  #fillNode(node: YamlNode): void {
    if (node.kind === 'scalar') return;
    const item = this.#scanner.peek();
    if (item.type === T.blockEntry) return this.#parseIndentless(node.children);
    this.#scanner.skip();
    if (item.type === T.blockSequenceStart) this.#parseBlockSequence(node.children, item.line);
    else if (item.type === T.blockMappingStart) this.#parseBlockMapping(node.children, item.line);
    else if (item.type === T.flowSequenceStart) this.#parseFlowSequence(node.children, item.line);
    else this.#parseFlowMapping(node.children, item.line);
  }

  #parseBlockSequence(into: YamlNode[], contextLine: number): void {
    const scanner = this.#scanner;
    for (let item = scanner.peek(); item.type === T.blockEntry; item = scanner.peek()) {
      scanner.skip();
      const next = scanner.peek().type;
      if (next === T.blockEntry || next === T.blockEnd) into.push(emptyScalar(item.line));
      else into.push(this.#parseNode(true, false));
    }
    const end = scanner.peek();
    if (end.type !== T.blockEnd) throw parserError(end.line, "did not find expected '-' indicator", contextLine);
    scanner.skip();
  }

  #parseIndentless(into: YamlNode[]): void {
    const scanner = this.#scanner;
    for (let item = scanner.peek(); item.type === T.blockEntry; item = scanner.peek()) {
      scanner.skip();
      const next = scanner.peek().type;
      if (next === T.blockEntry || next === T.key || next === T.value || next === T.blockEnd) {
        into.push(emptyScalar(item.line));
      } else {
        into.push(this.#parseNode(true, false));
      }
    }
  }

  #parseBlockMapping(into: YamlNode[], contextLine: number): void {
    const scanner = this.#scanner;
    for (;;) {
      const item = scanner.peek();
      if (item.type === T.blockEnd) return scanner.skip();
      if (item.type !== T.key) throw parserError(item.line, 'did not find expected key', contextLine);
      scanner.skip();
      into.push(this.#parseBlockPart(item.line));
      const value = scanner.peek();
      if (value.type === T.value) {
        scanner.skip();
        into.push(this.#parseBlockPart(value.line));
      } else {
        into.push(emptyScalar(value.line));
      }
    }
  }

  #parseBlockPart(line: number): YamlNode {
    const next = this.#scanner.peek().type;
    if (next === T.key || next === T.value || next === T.blockEnd) return emptyScalar(line);
    return this.#parseNode(true, true);
  }

  #parseFlowSequence(into: YamlNode[], contextLine: number): void {
    const scanner = this.#scanner;
    for (let first = true; ; first = false) {
      if (scanner.peek().type === T.flowSequenceEnd) break;
      if (!first) this.#expectEntry("did not find expected ',' or ']'", contextLine);
      const item = scanner.peek();
      if (item.type === T.flowSequenceEnd) break;
      if (item.type === T.key) {
        scanner.skip();
        into.push(this.#parsePair(item.line));
      } else {
        into.push(this.#parseNode(false, false));
      }
    }
    scanner.skip();
  }

  /** A mapping of one pair within a flow sequence: `[a: b]`. */
  #parsePair(line: number): YamlNode {
    const scanner = this.#scanner;
    const children: YamlNode[] = [];
    const item = scanner.peek();
    if (item.type === T.value || item.type === T.flowEntry || item.type === T.flowSequenceEnd) {
      scanner.skip();
      children.push(emptyScalar(item.line));
    } else {
      children.push(this.#parseNode(false, false));
    }
    children.push(this.#parseFlowValue(T.flowSequenceEnd));
    return { kind: 'mapping', line, value: '', tag: '', implicit: false, children };
  }

  #parseFlowValue(end: number): YamlNode {
    const scanner = this.#scanner;
    const item = scanner.peek();
    if (item.type === T.value) {
      scanner.skip();
      const next = scanner.peek().type;
      if (next !== T.flowEntry && next !== end) return this.#parseNode(false, false);
    }
    return emptyScalar(item.line);
  }

  #parseFlowMapping(into: YamlNode[], contextLine: number): void {
    const scanner = this.#scanner;
    for (let first = true; ; first = false) {
      if (scanner.peek().type === T.flowMappingEnd) break;
      if (!first) this.#expectEntry("did not find expected ',' or '}'", contextLine);
      const item = scanner.peek();
      if (item.type === T.flowMappingEnd) break;
      if (item.type !== T.key) {
        into.push(this.#parseNode(false, false), emptyScalar(scanner.peek().line));
        continue;
      }
      scanner.skip();
      const next = scanner.peek();
      if (next.type === T.value || next.type === T.flowEntry || next.type === T.flowMappingEnd) {
        into.push(emptyScalar(next.line));
      } else {
        into.push(this.#parseNode(false, false));
      }
      into.push(this.#parseFlowValue(T.flowMappingEnd));
    }
    scanner.skip();
  }

  #expectEntry(problem: string, contextLine: number): void {
    const item = this.#scanner.peek();
    if (item.type !== T.flowEntry) throw parserError(item.line, problem, contextLine);
    this.#scanner.skip();
  }
}

function isDirective(type: number): boolean {
  return type === T.versionDirective || type === T.tagDirective;
}

function emptyScalar(line: number): YamlNode {
  return { kind: 'scalar', line, value: '', tag: '', implicit: true, children: [] };
}
