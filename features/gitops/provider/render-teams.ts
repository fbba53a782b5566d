import type { Notification } from '../alert/types.ts';
import type { Destination } from './destination.ts';
import type { HttpMessage } from './http-message.ts';
import { objectName, sortedMetadata } from './render-text.ts';

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
