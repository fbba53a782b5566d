import { findMessageLayout, type MessageLayout } from '@croft/api/protobuf-fields';
import { getDefinition, type TypeDefinition } from '@croft/api/schemas';
import type { FieldSpec, ScalarType } from '@croft/api/type-spec';
import { ProtobufError, readFields, toBytes, toInteger, toText, type WireField, type WireValue } from './wire.ts';

type Fields = Record<string, unknown>;

/** Deeper messages are refused: no type needs them. */
const maxDepth = 100;

/** A message of a built-in type such as `core.v1.Pod`, as JSON has it. Unknown fields are skipped. */
export function readMessage(type: string, bytes: Uint8Array, depth = 0): Fields {
  const layout = findMessageLayout(type);
  if (layout === undefined) throw new ProtobufError(`${type} has no protobuf form`);
  if (depth > maxDepth) throw new ProtobufError('messages are nested too deeply');
  const into: Fields = {};
  readInto(into, getDefinition(type), layout, bytes, depth);
  return into;
}

function readInto(
  into: Fields,
  definition: TypeDefinition,
  layout: MessageLayout,
  bytes: Uint8Array,
  depth: number,
): void {
  for (const field of readFields(bytes)) {
    const known = layout.get(field.number);
    if (known === undefined) continue;
    if (typeof known !== 'string') readInto(into, definition, known, toBytes(field.value), depth + 1);
    else {
      const spec = definition.fields.get(known);
      if (spec !== undefined) addField(into, spec, field, definition.name, depth + 1);
    }
  }
}

function addField(into: Fields, spec: FieldSpec, field: WireField, type: string, depth: number): void {
  const { name, containers } = spec;
  const one = (value: WireValue) => readValue(spec, value, type, depth);
  if (containers[0] === 'map') {
    into[name] ??= Object.create(null) as Fields;
    const map = into[name] as Fields;
    const [key, value] = readEntry(toBytes(field.value));
    map[key] = containers[1] === 'list' ? readItems(value, one) : value === undefined ? null : one(value);
  } else if (containers[0] === 'list') {
    into[name] ??= [];
    (into[name] as unknown[]).push(one(field.value));
  } else into[name] = one(field.value);
}

function readEntry(bytes: Uint8Array): [string, WireValue | undefined] {
  let key = '';
  let value: WireValue | undefined;
  for (const field of readFields(bytes)) {
    if (field.number === 1) key = toText(field.value);
    else if (field.number === 2) value = field.value;
  }
  return [key, value];
}

/** A list that stands in a map is a message with its items. */
function readItems(value: WireValue | undefined, one: (value: WireValue) => unknown): unknown[] {
  return value === undefined ? [] : [...readFields(toBytes(value))].map((item) => one(item.value));
}

function readValue(spec: FieldSpec, value: WireValue, type: string, depth: number): unknown {
  if (spec.ref !== undefined) return readMessage(spec.ref, toBytes(value), depth);
  if (spec.scalar === 'any') return readAny(spec.name, toBytes(value), type, depth);
  return scalarReaders[spec.scalar ?? 'string'](value);
}

const scalarReaders: Readonly<Record<Exclude<ScalarType, 'any'>, (value: WireValue) => unknown>> = {
  string: toText,
  int32: toInteger,
  int64: toInteger,
  boolean: (value) => value !== 0n,
  double: (value) => Buffer.from(toBytes(value)).readDoubleLE(),
  bytes: (value) => Buffer.from(toBytes(value)).toString('base64'),
  time: (value) => readTime(value, 0),
  microTime: (value) => readTime(value, 6),
  quantity: (value) => {
    const [text] = readFields(toBytes(value));
    return text === undefined ? '0' : toText(text.value) || '0';
  },
  intOrString: readIntOrString,
};

/** An empty message is the time that nobody set. */
function readTime(value: WireValue, digits: number): string | null {
  let seconds: number | undefined;
  let nanos = 0;
  for (const field of readFields(toBytes(value))) {
    if (field.number === 1) seconds = toInteger(field.value);
    else if (field.number === 2) nanos = toInteger(field.value);
  }
  if (seconds === undefined) return null;
  if (Math.abs(seconds) > 8.64e12) throw new ProtobufError('a time is out of range');
  const whole = new Date(seconds * 1000).toISOString().slice(0, 19);
  return digits === 0 ? `${whole}Z` : `${whole}.${String(nanos).padStart(9, '0').slice(0, digits)}Z`;
}

function readIntOrString(value: WireValue): number | string {
  const parts = new Map([...readFields(toBytes(value))].map((field) => [field.number, field.value]));
  const isText = toInteger(parts.get(1) ?? 0n) === 1;
  if (isText) return parts.get(3) === undefined ? '' : toText(parts.get(3) ?? new Uint8Array());
  return toInteger(parts.get(2) ?? 0n);
}

const schemaType = 'apiextensions.v1.JSONSchemaProps';

/** What JSON leaves open: raw JSON, or the places of a schema where several forms are allowed. */
function readAny(name: string, bytes: Uint8Array, type: string, depth: number): unknown {
  const parts = [...readFields(bytes)];
  const part = (number: number) => parts.find((field) => field.number === number)?.value;
  const schema = (value: WireValue) => readMessage(schemaType, toBytes(value), depth);
  const [first, second] = [part(1), part(2)];
  if (type === schemaType && name === 'items') {
    if (first !== undefined) return schema(first);
    return parts.filter((field) => field.number === 2).map((field) => schema(field.value));
  }
  if (type === schemaType && name.startsWith('additional')) return second === undefined ? first === 1n : schema(second);
  if (type === schemaType && name === 'dependencies') {
    if (first !== undefined) return schema(first);
    return parts.filter((field) => field.number === 2).map((field) => toText(field.value));
  }
  if (first === undefined) return {};
  try {
    return JSON.parse(toText(first)) as unknown;
  } catch {
    throw new ProtobufError(`${name} is not JSON`);
  }
}
