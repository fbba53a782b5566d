import type { UnknownObject } from '@croft/api/object';
import { findMessageLayout } from '@croft/api/protobuf-fields';
import { definitionNameOf } from '@croft/api/schemas';
import { magic, messageTypeOf } from './body.ts';
import { writeMessage } from './write-message.ts';
import { MessageWriter } from './write-wire.ts';

/** Whether objects and lists of a kind can be answered in Kubernetes' protobuf form. */
export function hasProtobufForm(apiVersion: string, kind: string): boolean {
  return findMessageLayout(definitionNameOf(apiVersion, kind)) !== undefined;
}

/** An object in Kubernetes' protobuf form: its apiVersion and kind, then its message. */
export function renderProtobuf(object: UnknownObject): Buffer {
  const { apiVersion = '', kind = '' } = object;
  const types = new MessageWriter();
  types.text(1, apiVersion);
  types.text(2, kind);
  const whole = new MessageWriter();
  whole.bytes(1, types.finish());
  whole.bytes(2, writeMessage(messageTypeOf(apiVersion, kind), object));
  whole.text(3, '');
  whole.text(4, '');
  return Buffer.concat([magic, whole.finish()]);
}

/** An event of a watch: its length, then its type and the object. */
export function renderProtobufEvent(type: string, object: UnknownObject): Buffer {
  const raw = new MessageWriter();
  raw.bytes(1, renderProtobuf(object));
  const event = new MessageWriter();
  event.text(1, type);
  event.bytes(2, raw.finish());
  const bytes = event.finish();
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}
