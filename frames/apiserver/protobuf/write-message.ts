import { findMessageLayout, type MessageLayout } from '@croft/api/protobuf-fields';
import { getDefinition, type TypeDefinition } from '@croft/api/schemas';
import type { FieldSpec, ScalarType } from '@croft/api/type-spec';
import { isJsonObject } from '@croft/foundation/json';
import { ProtobufError } from './wire.ts';
import { MessageWriter } from './write-wire.ts';

/** A value of a built-in type such as `core.v1.Pod`, in the form that JSON has it, as a protobuf message. */
export function writeMessage(type: string, value: object): Buffer {
  const layout = findMessageLayout(type);
  if (layout === undefined) throw new ProtobufError(`${type} has no protobuf form`);
  return writeFields(getDefinition(type), layout, value as Record<string, unknown>);
}

function writeFields(definition: TypeDefinition, layout: MessageLayout, value: Record<string, unknown>): Buffer {
  const writer = new MessageWriter();
  for (const [number, known] of layout) {
    if (typeof known !== 'string') {
      const beside = writeFields(definition, known, value);
      if (beside.length > 0) writer.bytes(number, beside);
      continue;
    }
    const spec = definition.fields.get(known);
    const field = value[known];
    if (spec !== undefined && field !== undefined && field !== null) {
      writeField(writer, number, spec, field, definition.name);
    }
  }
  return writer.finish();
}

function writeField(writer: MessageWriter, number: number, spec: FieldSpec, value: unknown, type: string): void {
  const [outer, inner] = spec.containers;
  if (outer === 'list') {
    for (const item of value as unknown[]) writeOne(writer, number, spec, item, type);
  } else if (outer === 'map') {
    for (const [key, item] of Object.entries(value as object)) {
      const entry = new MessageWriter();
      entry.text(1, key);
      if (inner === 'list') entry.bytes(2, writeItems(spec, item as unknown[], type));
      else writeOne(entry, 2, spec, item, type);
      writer.bytes(number, entry.finish());
    }
  } else writeOne(writer, number, spec, value, type);
}

/** A list that stands in a map is a message with its items. */
function writeItems(spec: FieldSpec, items: readonly unknown[], type: string): Buffer {
  const writer = new MessageWriter();
  for (const item of items) writeOne(writer, 1, spec, item, type);
  return writer.finish();
}

function writeOne(writer: MessageWriter, number: number, spec: FieldSpec, value: unknown, type: string): void {
  if (spec.ref !== undefined) writer.bytes(number, writeMessage(spec.ref, value as object));
  else if (spec.scalar === 'any') writer.bytes(number, writeAny(spec.name, value, type));
  else scalarWriters[spec.scalar ?? 'string'](writer, number, value);
}

type WriteScalar = (writer: MessageWriter, number: number, value: unknown) => void;

const writeInteger: WriteScalar = (writer, number, value) => writer.integer(number, Number(value));

const scalarWriters: Readonly<Record<Exclude<ScalarType, 'any'>, WriteScalar>> = {
  string: (writer, number, value) => writer.text(number, String(value)),
  int32: writeInteger,
  int64: writeInteger,
  boolean: (writer, number, value) => writer.integer(number, value === true ? 1 : 0),
  double: (writer, number, value) => writer.double(number, Number(value)),
  bytes: (writer, number, value) => writer.bytes(number, Buffer.from(String(value), 'base64')),
  time: writeTime,
  microTime: writeTime,
  quantity: (writer, number, value) => {
    const quantity = new MessageWriter();
    quantity.text(1, String(value));
    writer.bytes(number, quantity.finish());
  },
  intOrString: (writer, number, value) => {
    const either = new MessageWriter();
    const isText = typeof value === 'string';
    either.integer(1, isText ? 1 : 0);
    if (isText) either.text(3, value);
    else either.integer(2, Number(value));
    writer.bytes(number, either.finish());
  },
};

function writeTime(writer: MessageWriter, number: number, value: unknown): void {
  const text = String(value);
  const time = new MessageWriter();
  const fraction = /\.(\d+)/.exec(text)?.[1] ?? '';
  time.integer(1, Math.floor(Date.parse(text) / 1000));
  if (fraction !== '') time.integer(2, Number(fraction.padEnd(9, '0').slice(0, 9)));
  writer.bytes(number, time.finish());
}

const schemaType = 'apiextensions.v1.JSONSchemaProps';

/** What JSON leaves open: raw JSON, or the places of a schema where several forms are allowed. */
function writeAny(name: string, value: unknown, type: string): Buffer {
  const writer = new MessageWriter();
  const schema = (number: number, part: unknown) => writer.bytes(number, writeMessage(schemaType, part as object));
  if (type === schemaType && name === 'items') {
    if (Array.isArray(value)) for (const part of value) schema(2, part);
    else schema(1, value);
  } else if (type === schemaType && name.startsWith('additional')) {
    writer.integer(1, value === false ? 0 : 1);
    if (isJsonObject(value)) schema(2, value);
  } else if (type === schemaType && name === 'dependencies') {
    if (Array.isArray(value)) for (const part of value) writer.text(2, String(part));
    else schema(1, value);
  } else writer.text(1, JSON.stringify(value));
  return writer.finish();
}
