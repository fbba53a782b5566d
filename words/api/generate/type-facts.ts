import { readFileSync } from 'node:fs';

/** What the facts tell of one field. `marks` are the single-letter ones. */
export interface FieldFacts {
  readonly marks: string;
  readonly default?: string;
  /** `[a,b](c)/keys{}`: list keys, merge key, patch strategy, ownership; as the facts write them. */
  readonly merge: string;
}

export interface TypeFacts {
  /** `core.v1.Pod`. */
  readonly name: string;
  readonly atomic: boolean;
  readonly fields: ReadonlyMap<string, FieldFacts>;
}

/** Reads `type-facts.txt`, whose head explains the form. */
export function readTypeFacts(): TypeFacts[] {
  const lines = readFileSync(new URL('type-facts.txt', import.meta.url), 'utf8').split('\n');
  let section = '';
  return lines.flatMap((line) => {
    if (line === '' || line.startsWith('#')) return [];
    if (!line.startsWith(' ')) {
      section = line;
      return [];
    }
    const words = line.trim().split(/ +/);
    if (words[0] === '&') return words.slice(1).map((word) => parseType(section, [word]));
    return [parseType(section, words)];
  });
}

function parseType(section: string, [head = '', ...fields]: string[]): TypeFacts {
  const atomic = head.endsWith('{}');
  return {
    name: `${section}.${atomic ? head.slice(0, -2) : head}`,
    atomic,
    fields: new Map(fields.map(parseField)),
  };
}

function parseField(word: string): [string, FieldFacts] {
  const match = /^([$\w-]+?)([*=+?0~]*)(?::(\w*))?((?:\[[^\]]*\])?(?:\([^)]*\))?(?:\/keys|\/all)?(?:\{\})?)$/.exec(
    word,
  );
  if (match === null) throw new Error(`type-facts.txt: "${word}" is not a field with marks`);
  const [, name = '', marks = '', fallback, merge = ''] = match;
  return [name, { marks, merge, ...(fallback === undefined ? {} : { default: fallback }) }];
}
