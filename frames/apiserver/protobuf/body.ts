import type { UnknownObject } from '@croft/api/object';
import { definitionNameOf, findDefinition } from '@croft/api/schemas';
import { readMessage } from './message.ts';
import { ProtobufError, readFields, toBytes, toText } from './wire.ts';

export const protobufType = 'application/vnd.kubernetes.protobuf';

/** What every Kubernetes message begins with. */
export const magic = Buffer.from([0x6b, 0x38, 0x73, 0x00]);

/**
 * The object in a body of Kubernetes' protobuf form (apimachinery runtime.Unknown): its apiVersion and kind, then the
 * message of that type. Throws ProtobufError.
 */
export function parseProtobufBody(body: Buffer): UnknownObject {
  if (!body.subarray(0, 4).equals(magic)) {
    throw new ProtobufError('provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]');
  }
  let apiVersion = '';
  let kind = '';
  let raw: Uint8Array = new Uint8Array();
  for (const field of readFields(body.subarray(4))) {
    if (field.number === 1) {
      for (const part of readFields(toBytes(field.value))) {
        if (part.number === 1) apiVersion = toText(part.value);
        else if (part.number === 2) kind = toText(part.value);
      }
    } else if (field.number === 2) raw = toBytes(field.value);
  }
  return { ...readMessage(messageTypeOf(apiVersion, kind), raw), apiVersion, kind };
}

/** Options and such are of one type in all groups. */
export function messageTypeOf(apiVersion: string, kind: string): string {
  const name = definitionNameOf(apiVersion, kind);
  if (findDefinition(name) !== undefined) return name;
  const shared = `meta.v1.${kind}`;
  if (findDefinition(shared) !== undefined) return shared;
  throw new ProtobufError(`no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)}`);
}
