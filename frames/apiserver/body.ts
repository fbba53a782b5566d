import type { UnknownObject } from '@croft/api/object';
import { findJsonProblem } from '@croft/encoding/json/scan';
import { isJsonObject } from '@croft/foundation/json';
import { parseDocument, parse as parseYaml } from 'yaml';
import { badRequest, unsupportedMediaType } from './failures.ts';
import { parseProtobufBody, protobufType } from './protobuf/body.ts';
import { ProtobufError } from './protobuf/wire.ts';

export const jsonType = 'application/json';
export const yamlType = 'application/yaml';

/** The media type of a Content-Type header, without its parameters; JSON when there is none. */
export function mediaTypeOf(contentType: string | undefined): string {
  const type = (contentType ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  return type === '' ? jsonType : type;
}

/** `kind` is what the body must be, for the words of a refusal. Throws 400 and 415. */
export function parseBody(body: Buffer, contentType: string | undefined, kind: string): UnknownObject {
  const type = mediaTypeOf(contentType);
  if (type === protobufType) return parseMessage(body, kind);
  if (type !== jsonType && type !== yamlType) throw unsupportedMediaType([jsonType, yamlType, protobufType]);
  const text = body.toString('utf8');
  const value =
    type === yamlType
      ? parseYamlText(
          text,
          `the object provided is unrecognized (must be of type ${kind}): couldn't get version/kind; `,
        )
      : parseJsonText(text, kind, body);
  if (isJsonObject(value)) return value as UnknownObject;
  if (value === null) return {};
  const found = Array.isArray(value) ? 'array' : typeof value;
  throw unrecognized(kind, `json: cannot unmarshal ${found} into Go value of type struct`, body);
}

function parseMessage(body: Buffer, kind: string): UnknownObject {
  try {
    return parseProtobufBody(body);
  } catch (error) {
    if (!(error instanceof ProtobufError)) throw error;
    throw badRequest(`the object provided is unrecognized (must be of type ${kind}): ${error.message}`);
  }
}

function parseJsonText(text: string, kind: string, body: Buffer): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw unrecognized(kind, describeJsonError(text), body);
  }
}

/** YAML 1.1, as Go's sigs.k8s.io/yaml reads it. Throws 400, with `prefix` before what is wrong. */
export function parseYamlText(text: string, prefix: string): unknown {
  try {
    return parseYaml(text, { version: '1.1', merge: true, maxAliasCount: 1000, uniqueKeys: false }) as unknown;
  } catch (error) {
    const why = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    throw badRequest(`${prefix}yaml: ${why}`);
  }
}

/**
 * What Go's sigs.k8s.io/yaml says of YAML that has a key twice in one mapping, all in one text; nothing when there is
 * none.
 */
export function findDuplicateYamlKeys(text: string): string[] {
  const { errors } = parseDocument(text, { version: '1.1', merge: true });
  const found = errors
    .filter(({ code }) => code === 'DUPLICATE_KEY')
    .map(({ pos: [start] }) => {
      const line = text.slice(0, start).split('\n').length;
      const key = /^[^:\n]*/.exec(text.slice(start))?.[0].trim() ?? '';
      return `  line ${line}: key ${JSON.stringify(key.replace(/^(['"])(.*)\1$/, '$2'))} already set in map`;
    });
  return found.length === 0 ? [] : [`yaml: unmarshal errors:\n${found.join('\n')}`];
}

function unrecognized(kind: string, why: string, body: Buffer) {
  return badRequest(
    `the object provided is unrecognized (must be of type ${kind}): couldn't get version/kind; json parse error: ${why} (${summarize(body)})`,
  );
}

/** Go's words for JSON that cannot be read. */
export function describeJsonError(text: string): string {
  return findJsonProblem(text) ?? 'unexpected end of JSON input';
}

/** apimachinery runtime/serializer: the start of the body, in hex when it does not look like JSON. */
function summarize(body: Buffer): string {
  if (body.length === 0) return '<empty>';
  const start = body.subarray(0, 30);
  const text = body[0] === 0x7b ? start.toString('utf8') : start.toString('hex');
  return body.length > 30 ? `${text} ...` : text;
}
