import type { Value } from '@croft/gotemplate/value';
import { formatFloat, formatFloat32 } from '../json/number.ts';
import { YamlError } from './error.ts';
import type { YamlNode } from './parse.ts';
import { type Resolved, resolvePlain, resolveTagged } from './resolve.ts';

/** A key with what it was before it became text; the same key twice is one only when both agree. */
type Entries = Map<string, Value>;

/** Turns nodes into the values that Helm sees: YAML goes through JSON, so every number is a float64 and keys are text. */
export class YamlDecoder {
  #decodes = 0;
  #aliasDecodes = 0;
  #aliasDepth = 0;
  readonly #open = new Set<YamlNode>();

  decode(node: YamlNode): Value {
    this.#decodes++;
    if (this.#aliasDepth > 0) this.#checkAliases();
    switch (node.kind) {
      case 'scalar':
        return scalarValue(resolveScalar(node));
      case 'sequence':
        return node.children.map((child) => this.decode(child));
      case 'mapping': {
        const entries: Entries = new Map();
        this.#decodeMapping(node, entries);
        return entries;
      }
      case 'alias':
        return this.#throughAlias(node, (target) => this.decode(target));
    }
  }

  /** Billion laughs: go-yaml refuses documents that consist of aliases for the most part. */
  #checkAliases(): void {
    this.#aliasDecodes++;
    const allowed =
      this.#decodes <= 400_000
        ? 0.99
        : this.#decodes >= 4_000_000
          ? 0.1
          : 0.99 - 0.89 * ((this.#decodes - 400_000) / 3_600_000);
    if (this.#aliasDecodes > 100 && this.#decodes > 1000 && this.#aliasDecodes / this.#decodes > allowed) {
      throw new YamlError('document contains excessive aliasing');
    }
  }

  #throughAlias<T>(node: YamlNode, use: (target: YamlNode) => T): T {
    const target = node.target;
    if (target === undefined || this.#open.has(node)) {
      throw new YamlError(`anchor '${node.value}' value contains itself`);
    }
    this.#open.add(node);
    this.#aliasDepth++;
    const result = use(target);
    this.#aliasDepth--;
    this.#open.delete(node);
    return result;
  }

  #decodeMapping(node: YamlNode, into: Entries): void {
    let nullValue: YamlNode | undefined;
    for (let i = 0; i + 1 < node.children.length; i += 2) {
      const key = node.children[i] as YamlNode;
      const value = node.children[i + 1] as YamlNode;
      if (isMerge(key)) {
        this.#merge(value, into);
        continue;
      }
      this.#decodes++;
      const resolved = this.#decodeKey(key);
      if (resolved.value === null) nullValue = value;
      else
        into.set(
          keyText(resolved, () => this.decode(value)),
          this.decode(value),
        );
    }
    // Of several null keys the last one is told.
    const told = nullValue;
    if (told !== undefined) keyText({ type: 'null', value: null }, () => this.decode(told));
  }

  #decodeKey(key: YamlNode): Resolved {
    if (key.kind === 'alias') return this.#throughAlias(key, (target) => this.#decodeKey(target));
    if (key.kind === 'scalar') return resolveScalar(key);
    throw new YamlError(`invalid map key: ${goSyntax(this.decode(key))}`);
  }

  #merge(node: YamlNode, into: Entries): void {
    if (node.kind === 'mapping') return this.#decodeMapping(node, into);
    if (node.kind === 'alias' && node.target?.kind === 'mapping') {
      return this.#throughAlias(node, (target) => this.#decodeMapping(target, into));
    }
    if (node.kind !== 'sequence') throw new YamlError('map merge requires map or sequence of maps as the value');
    for (const child of [...node.children].reverse()) {
      if (child.kind === 'sequence') throw new YamlError('map merge requires map or sequence of maps as the value');
      this.#merge(child, into);
    }
  }
}

/** A scalar's meaning: quotes and blocks are text, a tag decides, else the text does. */
export function resolveScalar(node: YamlNode): Resolved {
  if (node.tag !== '') return resolveTagged(node.tag, node.value);
  return node.implicit ? resolvePlain(node.value) : { type: 'str', value: node.value };
}

function scalarValue(resolved: Resolved): Value {
  const { value } = resolved;
  if (typeof value === 'bigint') return Number(value);
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw new JsonValueError(`json: unsupported value: ${formatFloat(value)}`);
  }
  return value;
}

/** A value that YAML can hold and JSON cannot. */
export class JsonValueError extends Error {
  override readonly name = 'JsonValueError';
}

/** The text of a key, as sigs.k8s.io/yaml converts it. */
export function keyText(key: Resolved, readValue: () => Value): string {
  const { value } = key;
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'bigint' && value < 2n ** 63n) return String(value);
  if (typeof value === 'number') {
    if (Number.isNaN(value)) return '.nan';
    if (!Number.isFinite(value)) return value > 0 ? '.inf' : '-.inf';
    return formatFloat32(value);
  }
  const shown = value === null ? '%!s(<nil>), key: <nil>' : `uint64, key: 0x${value.toString(16)}`;
  throw new JsonValueError(`unsupported map key of type: ${shown}, value: ${shownValue(readValue())}`);
}

/** `%#v` of what YAML gives, for errors; a nil shows its type only within others. */
function shownValue(value: Value): string {
  return value === null ? '<nil>' : goSyntax(value);
}

function goSyntax(value: Value): string {
  if (value === null) return 'interface {}(nil)';
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number') return formatFloat(value);
  if (Array.isArray(value)) return `[]interface {}{${value.map(goSyntax).join(', ')}}`;
  if (value instanceof Map) {
    const pairs = [...value].map(([key, item]) => `${JSON.stringify(key)}:${goSyntax(item)}`);
    return `map[interface {}]interface {}{${pairs.join(', ')}}`;
  }
  return String(value);
}

function isMerge(node: YamlNode): boolean {
  return node.kind === 'scalar' && node.value === '<<' && (node.implicit || node.tag === 'tag:yaml.org,2002:merge');
}
