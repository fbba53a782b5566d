import { readFileSync } from 'node:fs';
import type { UnknownObject } from '@croft/api/object';
import { definitionNameOf, findDefinition } from '@croft/api/schemas';
import type { FieldSpec, ScalarType } from '@croft/api/type-spec';
import { formatMicroTime, formatTime } from '@croft/foundation/clock';
import { findBytes, readFields, type WireField } from './wire.ts';

export const protobufType = 'application/vnd.kubernetes.protobuf';

const magic = Buffer.from([0x6b, 0x38, 0x73, 0x00]);

/**
 * A request body as Go clients send it for built-in kinds: the marker `k8s` and a zero byte, then a message that names
 * the kind and holds the object (apimachinery pkg/runtime/serializer/protobuf). Undefined for a kind that has no such
 * form here; throws RangeError for what is broken.
 */
export function decodeProtobuf(body: Buffer): UnknownObject | undefined {
  if (!body.subarray(0, 4).equals(magic)) throw new RangeError('the body does not begin as Kubernetes protobuf does');
  const envelope = body.subarray(4);
  const type = findBytes(envelope, 1) ?? Buffer.alloc(0);
  const apiVersion = findBytes(type, 1)?.toString('utf8') ?? '';
  const kind = findBytes(type, 2)?.toString('utf8') ?? '';
  const name = kind === 'DeleteOptions' ? 'meta.v1.DeleteOptions' : definitionNameOf(apiVersion, kind);
  if (fieldNames(name) === undefined) return undefined;
  return { apiVersion, kind, ...decodeMessage(findBytes(envelope, 2) ?? Buffer.alloc(0), name, specsOf(name)) };
}

type Specs = ReadonlyMap<string, FieldSpec>;
type Json = Record<string, unknown>;

const specsOf = (name: string): Specs => findDefinition(name)?.fields ?? new Map();

/** Fields that Go puts into a message of their own, though JSON has them beside the others, are read into the same object. */
function decodeMessage(message: Buffer, name: string, specs: Specs, into: Json = {}): Json {
  const names = fieldNames(name);
  for (const field of readFields(message)) {
    const known = names?.get(field.number);
    if (known === undefined) continue;
    if (known.startsWith('@')) decodeMessage(bytesOf(field), known.slice(1), specs, into);
    else addField(into, known, field, specs.get(known));
  }
  return into;
}

function addField(into: Json, name: string, field: WireField, spec: FieldSpec | undefined): void {
  if (spec === undefined) return;
  const [container, ...inner] = spec.containers;
  if (container === 'list') {
    const list = (into[name] ??= []) as unknown[];
    list.push(decodeValue(field, spec, inner));
  } else if (container === 'map') {
    const map = (into[name] ??= {}) as Json;
    const entry = bytesOf(field);
    const key = findBytes(entry, 1)?.toString('utf8') ?? '';
    const value = [...readFields(entry)].findLast(({ number }) => number === 2);
    map[key] = decodeValue(value ?? { number: 2, value: Buffer.alloc(0) }, spec, inner);
  } else {
    into[name] = decodeValue(field, spec, []);
  }
}

/** A list inside a map or list is a message that holds the items as its first field. */
function decodeValue(field: WireField, spec: FieldSpec, containers: readonly ('list' | 'map')[]): unknown {
  if (containers[0] === 'list') {
    const items = [...readFields(bytesOf(field))].filter(({ number }) => number === 1);
    return items.map((item) => decodeValue(item, spec, containers.slice(1)));
  }
  if (spec.scalar !== undefined) return scalars[spec.scalar](field);
  const name = spec.ref ?? '';
  return decodeMessage(bytesOf(field), name, specsOf(name));
}

const scalars: Readonly<Record<ScalarType, (field: WireField) => unknown>> = {
  string: (field) => bytesOf(field).toString('utf8'),
  int32: ({ value }) => Number(BigInt.asIntN(32, numberOf(value))),
  int64: ({ value }) => Number(BigInt.asIntN(64, numberOf(value))),
  boolean: ({ value }) => numberOf(value) !== 0n,
  double: (field) => bytesOf(field).readDoubleLE(),
  bytes: (field) => bytesOf(field).toString('base64'),
  time: (field) => timeOf(bytesOf(field), formatTime),
  microTime: (field) => timeOf(bytesOf(field), formatMicroTime),
  quantity: (field) => findBytes(bytesOf(field), 1)?.toString('utf8') ?? '0',
  intOrString: (field) => intOrString(bytesOf(field)),
  any: (field) => JSON.parse(findBytes(bytesOf(field), 1)?.toString('utf8') || 'null') as unknown,
};

function timeOf(message: Buffer, format: (ms: number) => string): string | null {
  let seconds = 0;
  let nanos = 0;
  for (const { number, value } of readFields(message)) {
    if (number === 1) seconds = Number(BigInt.asIntN(64, numberOf(value)));
    if (number === 2) nanos = Number(BigInt.asIntN(32, numberOf(value)));
  }
  return seconds === 0 && nanos === 0 ? null : format(seconds * 1000 + Math.floor(nanos / 1e6));
}

function intOrString(message: Buffer): number | string {
  let isText = false;
  let number = 0;
  for (const field of readFields(message)) {
    if (field.number === 1) isText = numberOf(field.value) === 1n;
    if (field.number === 2) number = Number(BigInt.asIntN(32, numberOf(field.value)));
  }
  return isText ? (findBytes(message, 3)?.toString('utf8') ?? '') : number;
}

const bytesOf = ({ value }: WireField): Buffer => {
  if (Buffer.isBuffer(value)) return value;
  throw new RangeError('a field has another wire type than its kind says');
};

const numberOf = (value: bigint | Buffer): bigint => {
  if (typeof value === 'bigint') return value;
  throw new RangeError('a field has another wire type than its kind says');
};

let texts: Record<string, string> | undefined;
const tables = new Map<string, ReadonlyMap<number, string>>();

/** The JSON names of a message's fields by number. `fields.json` lists them in order, with a number where some are left out. */
function fieldNames(message: string): ReadonlyMap<number, string> | undefined {
  const known = tables.get(message);
  if (known !== undefined) return known;
  texts ??= JSON.parse(readFileSync(new URL('fields.json', import.meta.url), 'utf8')) as Record<string, string>;
  const text = texts[message];
  if (text === undefined) return undefined;
  const table = new Map<number, string>();
  let number = 0;
  for (const part of text.split(' ')) {
    const mark = part.indexOf(':');
    number = mark < 0 ? number + 1 : Number(part.slice(0, mark));
    table.set(number, part.slice(mark + 1));
  }
  tables.set(message, table);
  return table;
}
