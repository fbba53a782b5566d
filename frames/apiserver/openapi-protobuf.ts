import { isJsonObject } from '@croft/foundation/json';
import { MessageWriter } from './protobuf/write-wire.ts';

/** Two spellings of the type of a Swagger 2.0 document in protobuf; clients ask for the first. */
export const swaggerProtobufTypes: readonly string[] = [
  'application/com.github.proto-openapi.spec.v2@v1.0+protobuf',
  'application/com.github.proto-openapi.spec.v2.v1.0+protobuf',
];

type Json = Record<string, unknown>;

/** A Swagger 2.0 document with its definitions as the message `openapi.v2.Document` (google/gnostic OpenAPIv2.proto). */
export function renderSwaggerProtobuf({ swagger, info, definitions }: Json): Buffer {
  const document = new MessageWriter();
  document.text(1, String(swagger));
  const { title, version } = info as { title: string; version: string };
  const about = new MessageWriter();
  about.text(1, title);
  about.text(2, version);
  document.bytes(2, about.finish());
  document.bytes(8, Buffer.alloc(0));
  document.bytes(9, writeNamed(definitions as Json));
  return document.finish();
}

/** Schemas by name, as `definitions` and `properties` have them. */
function writeNamed(schemas: Json): Buffer {
  const list = new MessageWriter();
  for (const [name, schema] of Object.entries(schemas)) {
    const named = new MessageWriter();
    named.text(1, name);
    named.bytes(2, writeSchema(schema as Json));
    list.bytes(1, named.finish());
  }
  return list.finish();
}

const texts = [
  ['$ref', 1],
  ['format', 2],
  ['title', 3],
  ['description', 4],
  ['pattern', 13],
] as const;

function writeSchema(schema: Json): Buffer {
  const writer = new MessageWriter();
  // A reference alone says it all: clients refuse one that comes with anything else.
  const { allOf } = schema;
  if (Array.isArray(allOf) && allOf.length === 1) return writeSchema(allOf[0] as Json);
  for (const [key, number] of texts) {
    if (typeof schema[key] === 'string') writer.text(number, schema[key]);
  }
  if (Array.isArray(schema.required)) for (const name of schema.required) writer.text(19, String(name));
  const rest = schema.additionalProperties;
  if (rest !== undefined) {
    const item = new MessageWriter();
    if (isJsonObject(rest)) item.bytes(1, writeSchema(rest));
    else item.integer(2, rest === true ? 1 : 0);
    writer.bytes(21, item.finish());
  }
  if (typeof schema.type === 'string') {
    const type = new MessageWriter();
    type.text(1, schema.type);
    writer.bytes(22, type.finish());
  }
  if (isJsonObject(schema.items)) {
    const items = new MessageWriter();
    items.bytes(1, writeSchema(schema.items));
    writer.bytes(23, items.finish());
  }
  if (isJsonObject(schema.properties)) writer.bytes(25, writeNamed(schema.properties));
  for (const [key, value] of Object.entries(schema)) {
    if (key.startsWith('x-')) writer.bytes(31, writeExtension(key, value));
  }
  return writer.finish();
}

/** An extension's value is a text in YAML; JSON is that too. */
function writeExtension(name: string, value: unknown): Buffer {
  const any = new MessageWriter();
  any.text(2, JSON.stringify(value));
  const named = new MessageWriter();
  named.text(1, name);
  named.bytes(2, any.finish());
  return named.finish();
}
