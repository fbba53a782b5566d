import { isTree, plainOf, type SopsTree, type SopsValue } from './tree.ts';

/** What stands under `sops` in an encrypted file. */
export interface SopsMetadata {
  /** The data key, once for each recipient. */
  age: { recipient: string; enc: string }[];
  mac: string;
  lastModified: string;
  macOnlyEncrypted: boolean;
  /** Whether a value is encrypted, by the names on the way to it. */
  isEncrypted(path: readonly string[]): boolean;
}

const defaultSuffix = '_unencrypted';

/** Throws Error naming what cannot be used. */
export function parseMetadata(value: SopsValue | undefined, compile: (pattern: string) => RegExpLike): SopsMetadata {
  if (!isTree(value)) throw new Error('the part `sops` is missing: the file is not encrypted');
  const text = (name: string) => {
    const found = value.get(name);
    return found === null || found === undefined || found === '' ? undefined : String(found);
  };
  const age = [...keysOf(value.get('age')), ...groupKeys(value.get('key_groups'))];
  return {
    age,
    mac: text('mac') ?? '',
    lastModified: text('lastmodified') ?? '',
    macOnlyEncrypted: text('mac_only_encrypted') === 'true',
    isEncrypted: chooseRule(text, compile),
  };
}

export interface RegExpLike {
  test(text: string): boolean;
}

function keysOf(list: SopsValue | undefined): SopsMetadata['age'] {
  if (!Array.isArray(list)) return [];
  return list.map((item) => {
    const { recipient = '', enc = '' } = plainOf(item) as { recipient?: string; enc?: string };
    return { recipient, enc };
  });
}

/** One group is like none; several each hold a part of the key only. */
function groupKeys(groups: SopsValue | undefined): SopsMetadata['age'] {
  if (!Array.isArray(groups) || groups.length === 0) return [];
  if (groups.length > 1) throw new Error('several key groups are not supported; encrypt with one group of keys');
  return groups.flatMap((group) => (isTree(group) ? keysOf(group.get('age')) : []));
}

function chooseRule(text: (name: string) => string | undefined, compile: (pattern: string) => RegExpLike) {
  if (text('encrypted_comment_regex') !== undefined || text('unencrypted_comment_regex') !== undefined)
    throw new Error('rules by comments are not supported; choose values by encrypted_regex');
  const [suffix, regex] = [text('encrypted_suffix'), text('encrypted_regex')];
  const [plainSuffix, plainRegex] = [text('unencrypted_suffix'), text('unencrypted_regex')];
  if (suffix !== undefined) return (path: readonly string[]) => path.some((name) => name.endsWith(suffix));
  if (regex !== undefined) {
    const expression = compile(regex);
    return (path: readonly string[]) => path.some((name) => expression.test(name));
  }
  if (plainRegex !== undefined) {
    const expression = compile(plainRegex);
    return (path: readonly string[]) => !path.some((name) => expression.test(name));
  }
  return (path: readonly string[]) => !path.some((name) => name.endsWith(plainSuffix ?? defaultSuffix));
}

/** The document without its metadata. */
export function withoutMetadata(tree: SopsTree): SopsTree {
  return new Map([...tree].filter(([key]) => key !== 'sops'));
}
