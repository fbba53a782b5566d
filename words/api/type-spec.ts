/** How Go's encoder treats a field: see `encodings`. */
export type Encoding = 'omitZero' | 'pointer' | 'always' | 'alwaysPointer';

export type ScalarType =
  | 'string'
  | 'int32'
  | 'int64'
  | 'double'
  | 'boolean'
  | 'bytes'
  | 'time'
  | 'microTime'
  | 'quantity'
  | 'intOrString'
  | 'any';

export interface FieldSpec {
  readonly name: string;
  /** What wraps the type, from the outside in. */
  readonly containers: readonly ('list' | 'map')[];
  /** A scalar, or the name of a definition such as `core.v1.Container`. */
  readonly scalar?: ScalarType;
  readonly ref?: string;
  readonly encoding: Encoding;
  readonly required: boolean;
  /** What list keys and owners see when the field is left out. */
  readonly default?: string;
  /** Keys of a list that is a map, for server-side apply. */
  readonly listKeys?: readonly string[];
  /** A list of unique values. */
  readonly isSet: boolean;
  /** Owned as a whole. */
  readonly isAtomic: boolean;
  /** For strategic merge patches: `merge`, `retainKeys`, `merge,retainKeys`, `replace`, or empty. */
  readonly patchStrategy: string;
  readonly mergeKey?: string;
}

const scalars: Record<string, ScalarType> = {
  s: 'string',
  i: 'int32',
  l: 'int64',
  d: 'double',
  b: 'boolean',
  y: 'bytes',
  t: 'time',
  u: 'microTime',
  q: 'quantity',
  x: 'intOrString',
  '*': 'any',
};

/**
 * `o` is left out when zero or empty, `p` when absent (Go has a pointer, so that zero is kept), `a` is written with its
 * zero value when absent (lists and maps as null, structs with their own fields of this sort), `n` as null.
 */
const encodings: Record<string, Encoding> = { o: 'omitZero', p: 'pointer', a: 'always', n: 'alwaysPointer' };

/**
 * Reads a field of `generated/schemas.json`: `[core.v1.Container a! [name]` is a list (`[`; `{` for a map) of containers,
 * always written, required, that is a map by name. After the encoding may follow `:default` and the ways to merge.
 */
export function parseFieldSpec(name: string, text: string): FieldSpec {
  const [type = '', encoding = '', ...rest] = text.split(' ');
  const fallback = rest[0]?.startsWith(':') ? rest.shift()?.slice(1) : undefined;
  const merge = parseMerge(rest[0] ?? '');
  const inner = type.replace(/^[[{]+/, '');
  const scalar = scalars[inner];
  return {
    name,
    containers: [...type.slice(0, type.length - inner.length)].map((sign) => (sign === '[' ? 'list' : 'map')),
    ...(scalar === undefined ? { ref: inner } : { scalar }),
    encoding: encodings[encoding.charAt(0)] ?? 'omitZero',
    required: encoding.endsWith('!'),
    ...(fallback === undefined ? {} : { default: fallback }),
    ...merge,
  };
}

type Merge = Pick<FieldSpec, 'listKeys' | 'isSet' | 'isAtomic' | 'patchStrategy' | 'mergeKey'>;

function parseMerge(text: string): Merge {
  const [, keys, other, strategy, atomic] =
    /^(?:\[([^\]]*)\])?(?:\(([^)]*)\))?(\/keys|\/all)?(\{\})?$/.exec(text) ?? [];
  const isSet = keys === 'set';
  const listKeys = keys === undefined || isSet ? undefined : keys.split(',');
  const merges = other === '-' ? false : keys !== undefined || other !== undefined;
  const mergeKey = merges ? other || listKeys?.[0] : undefined;
  const named = strategy === '/keys' ? ['retainKeys'] : strategy === '/all' ? ['replace'] : [];
  const strategies = [...(merges ? ['merge'] : []), ...named];
  return {
    ...(listKeys === undefined ? {} : { listKeys }),
    isSet,
    isAtomic: atomic !== undefined,
    patchStrategy: strategies.join(','),
    ...(mergeKey === undefined ? {} : { mergeKey }),
  };
}
