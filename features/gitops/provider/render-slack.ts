import type { Notification } from '../alert/types.ts';
import type { Destination } from './destination.ts';
import type { HttpMessage } from './http-message.ts';
import { objectName, sortedMetadata } from './render-text.ts';

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
