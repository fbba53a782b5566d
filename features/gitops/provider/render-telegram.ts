import type { Notification } from '../alert/types.ts';
import type { Destination } from './destination.ts';
import type { HttpMessage } from './http-message.ts';
import { severitySign, sortedMetadata } from './render-text.ts';

/** `channel` is the chat, or `chat:thread`. */
export function renderTelegram(notification: Notification, { address, channel, token }: Destination): HttpMessage {
  const [chat = '', thread] = channel.split(':', 2);
  const { kind, namespace, name } = notification.involvedObject;
  const heading = `${severitySign(notification)} ${kind.toLowerCase()}/${namespace}/${name}`;
  const lines = [
    `*${escapeTelegram(heading)}*`,
    escapeTelegram(notification.message),
    ...sortedMetadata(notification).map(([key, value]) => `\\- *${escapeTelegram(key)}*: ${escapeTelegram(value)}`),
  ];
  return {
    url: `${(address || 'https://api.telegram.org').replace(/\/$/, '')}/bot${token}/sendMessage`,
    body: {
      chat_id: chat,
      ...(thread === undefined ? {} : { message_thread_id: thread }),
      text: lines.join('\n'),
      parse_mode: 'MarkdownV2',
    },
  };
}

/** What MarkdownV2 would take for its own (Bot API, formatting options). */
function escapeTelegram(text: string): string {
  return text.replace(/[\\.\-_[\]()~>`#+=|{}!*]/g, '\\$&');
}
