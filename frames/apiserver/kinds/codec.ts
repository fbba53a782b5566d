import { getDefinition } from '@croft/api/schemas';
import type { FieldSpec } from '@croft/api/type-spec';
import { isJsonObject } from '@croft/foundation/json';
import { decodeAmount, decodeField, mismatch, scalarDecoders, scalarZeros } from './scalars.ts';

/** Reads a value of one type; gives undefined for what Go's encoder leaves out. */
type Decode = (value: unknown, path: string, unknown: string[]) => unknown;

interface FieldCodec {
  readonly name: string;
  readonly decode: Decode;
  /** The value that is written where none is given; undefined where nothing is written. */
  readonly absent: () => unknown;
}

interface StructCodec {
  /** The type without its group and version. */
  readonly name: string;
  readonly fields: ReadonlyMap<string, FieldCodec>;
  readonly always: readonly FieldCodec[];
}

const structs = new Map<string, StructCodec>();

/**
 * Decodes and encodes a value of a built-in type as the real API server does on its way to the store and back: unknown
 * fields dropped (their paths are added to `unknown`), empty values without meaning dropped, those that Go always writes
 * added, quantities and times in canonical form. `type` is a definition such as `apps.v1.Deployment`. The given value
 * is not changed; parts of unknown type are shared with it. Throws DecodeError on a wrong JSON type.
 */
export function decodeType(
  type: string,
  value: Record<string, unknown>,
  unknown: string[] = [],
): Record<string, unknown> {
  return decodeStruct(type, value, '', unknown);
}

function decodeStruct(type: string, value: unknown, path: string, unknown: string[]): Record<string, unknown> {
  if (!isJsonObject(value)) return mismatch(value, path, type);
  const codec = structCodec(type);
  const out: Record<string, unknown> = {};
  for (const key of Object.keys(value)) {
    const field = codec.fields.get(key);
    const at = path === '' ? key : `${path}.${key}`;
    if (field === undefined) {
      unknown.push(at);
      continue;
    }
    const given = value[key];
    const decoded =
      given === null || given === undefined
        ? field.absent()
        : decodeField(codec.name, key, () => field.decode(given, at, unknown));
    if (decoded !== undefined) out[key] = decoded;
  }
  for (const field of codec.always) if (out[field.name] === undefined) out[field.name] = field.absent();
  return out;
}

function structCodec(type: string): StructCodec {
  const known = structs.get(type);
  if (known !== undefined) return known;
  const fields = [...getDefinition(type).fields.values()].map(fieldCodec);
  const codec: StructCodec = {
    name: type.slice(type.lastIndexOf('.') + 1),
    fields: new Map(fields.map((field) => [field.name, field])),
    always: fields.filter((field) => field.absent !== nothing),
  };
  structs.set(type, codec);
  return codec;
}

const nothing = () => undefined;

function fieldCodec(spec: FieldSpec): FieldCodec {
  const decode = valueCodec(spec);
  const keepsZero = spec.encoding === 'pointer' || spec.encoding === 'alwaysPointer';
  const collection = spec.containers.length > 0;
  const always = spec.encoding === 'always';
  return {
    name: spec.name,
    decode: keepsZero || (always && !collection) ? decode : dropZero(decode, collection && always),
    absent: spec.encoding === 'alwaysPointer' ? () => null : always ? () => zeroOf(spec) : nothing,
  };
}

/** Empty lists and maps become nil in the store, so that those which are always written come back as null. */
function dropZero(decode: Decode, asNull: boolean): Decode {
  return (value, path, unknown) => {
    const decoded = decode(value, path, unknown);
    return isZero(decoded) ? (asNull ? null : undefined) : decoded;
  };
}

function isZero(value: unknown): boolean {
  if (value === '' || value === 0 || value === false || value === null) return true;
  if (typeof value !== 'object') return false;
  if (Array.isArray(value)) return value.length === 0;
  for (const _ in value) return false;
  return true;
}

function valueCodec(spec: FieldSpec): Decode {
  const { ref, scalar } = spec;
  let decode: Decode =
    scalar === undefined
      ? (value, path, unknown) => decodeStruct(ref ?? '', value, path, unknown)
      : scalar === 'quantity' && spec.containers.length > 0
        ? decodeAmount
        : scalarDecoders[scalar];
  let zero = () => itemZero(spec);
  for (const container of spec.containers.toReversed()) {
    decode = container === 'list' ? listCodec(decode, zero) : mapCodec(decode, zero);
    zero = () => null;
  }
  return decode;
}

function listCodec(decode: Decode, zero: () => unknown): Decode {
  return (value, path, unknown) => {
    if (!Array.isArray(value)) return mismatch(value, path, '[]');
    return value.map((item, index) => (item === null ? zero() : decode(item, `${path}[${index}]`, unknown)));
  };
}

function mapCodec(decode: Decode, zero: () => unknown): Decode {
  return (value, path, unknown) => {
    if (!isJsonObject(value)) return mismatch(value, path, 'map[string]');
    const entries = Object.entries(value);
    return Object.fromEntries(
      entries.map(([key, item]) => [key, item === null ? zero() : decode(item, `${path}.${key}`, unknown)]),
    );
  };
}

function zeroOf(spec: FieldSpec): unknown {
  return spec.containers.length > 0 ? null : itemZero(spec);
}

function itemZero(spec: FieldSpec): unknown {
  if (spec.scalar === undefined) return decodeStruct(spec.ref ?? '', {}, '', []);
  return spec.scalar === 'bytes' ? '' : scalarZeros[spec.scalar];
}
