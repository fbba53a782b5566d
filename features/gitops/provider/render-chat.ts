import { sha256Hex } from '@croft/foundation/digest';
import type { Notification } from '../alert/types.ts';
import type { Destination } from './destination.ts';
import type { HttpMessage } from './http-message.ts';
import { objectName, severitySign, sortedMetadata } from './render-text.ts';

/** One attachment in the form that Slack made common. */
function slackPayload(notification: Notification, { channel }: Destination, username: string, color: string) {
  const name = objectName(notification);
  return {
    ...(channel === '' ? {} : { channel }),
    username,
    attachments: [
      {
        fallback: `${name}: ${notification.message.split('\n')[0]}`,
        color,
        author_name: name,
        text: notification.message,
        mrkdwn_in: ['text'],
        fields: sortedMetadata(notification).map(([title, value]) => ({ title, value, short: false })),
      },
    ],
  };
}

/** Slack's webhooks and `chat.postMessage`, and Mattermost's webhooks. */
export function renderSlack(notification: Notification, destination: Destination): HttpMessage {
  const { address: url, token, username } = destination;
  const color = notification.severity === 'error' ? 'danger' : 'good';
  return {
    url,
    headers: token === '' ? {} : { authorization: `Bearer ${token}` },
    body: slackPayload(notification, destination, username || notification.reportingController, color),
    // This method alone answers 200 when it failed.
    ...(url.endsWith('/api/chat.postMessage') ? { problemOf: slackProblem } : {}),
  };
}

function slackProblem(answer: string): string | undefined {
  try {
    const { ok, error } = JSON.parse(answer) as { ok?: boolean; error?: string };
    return ok === true ? undefined : `Slack responded with error: ${error}`;
  } catch {
    return 'the answer is no JSON';
  }
}

export function renderRocket(notification: Notification, destination: Destination): HttpMessage {
  const color = notification.severity === 'error' ? '#FF0000' : '#0076D7';
  return { url: destination.address, body: slackPayload(notification, destination, destination.username, color) };
}

/** Discord takes Slack's form under `/slack`. */
export function renderDiscord(notification: Notification, destination: Destination): HttpMessage {
  const url = URL.canParse(destination.address) ? new URL(destination.address) : undefined;
  if (url !== undefined && !url.pathname.endsWith('/slack')) url.pathname = `${url.pathname.replace(/\/$/, '')}/slack`;
  const color = notification.severity === 'error' ? 'danger' : 'good';
  const username = destination.username || notification.reportingController;
  const { channel: _, ...payload } = slackPayload(notification, destination, username, color) as { channel?: string };
  return { url: url?.href ?? destination.address, body: payload };
}

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

/** An adaptive card, or the older card where the address is of the older connectors. */
export function renderTeams(notification: Notification, { address: url }: Destination): HttpMessage {
  const name = objectName(notification);
  const isError = notification.severity === 'error';
  const facts = sortedMetadata(notification);
  if (URL.canParse(url) && new URL(url).hostname.endsWith('.webhook.office.com')) {
    const section = {
      activityTitle: notification.message,
      activitySubtitle: name,
      facts: facts.map(([key, value]) => ({ name: key, value })),
    };
    const card = { '@type': 'MessageCard', '@context': 'http://schema.org/extensions' };
    return { url, body: { ...card, themeColor: isError ? 'FF0000' : '0076D7', summary: name, sections: [section] } };
  }
  const text = { type: 'TextBlock', text: notification.message, wrap: true };
  const items = [
    { type: 'TextBlock', text: name, size: 'large', weight: 'bolder', wrap: true },
    isError ? { ...text, color: 'attention' } : text,
    { type: 'FactSet', facts: facts.map(([title, value]) => ({ title, value })) },
  ];
  const content = {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.4',
    msteams: { width: 'Full' },
    body: [{ type: 'Container', items }],
  };
  return {
    url,
    body: { type: 'message', attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', content }] },
  };
}
