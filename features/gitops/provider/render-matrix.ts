import { sha256Hex } from '@croft/foundation/digest';
import type { Notification } from '../alert/types.ts';
import type { Destination } from './destination.ts';
import type { HttpMessage } from './http-message.ts';
import { objectName, severitySign, sortedMetadata } from './render-text.ts';

/** A message to a room; a repeated try is the same message to the server (Matrix client-server API, section 10.4). */
export function renderMatrix(notification: Notification, { address, channel, token }: Destination): HttpMessage {
  const lines = [
    `${severitySign(notification)} ${objectName(notification)}`,
    notification.message,
    ...sortedMetadata(notification).map(([key, value]) => `- ${key}: ${value}`),
  ];
  const transaction = sha256Hex(JSON.stringify(notification));
  const room = encodeURIComponent(channel);
  return {
    url: `${address.replace(/\/$/, '')}/_matrix/client/v3/rooms/${room}/send/m.room.message/${transaction}`,
    method: 'PUT',
    headers: { authorization: `Bearer ${token}` },
    body: { msgtype: 'm.text', body: lines.join('\n') },
  };
}
