// What a visitor sees when no application answers. No braces: the front door would take them for placeholders.

export const notFoundPage = renderPage('Nothing here', 'No application is reached under this address.');
export const forbiddenPage = renderPage('Not allowed', 'This application is not open to your address.');
export const unavailablePage = renderPage(
  'One moment',
  'This application is not ready. It is starting, being updated, or stopped. This page tries again by itself.',
  5,
);
export const lockedPage = renderPage(
  'Locked',
  'This application asks for a password, but its users are not set up. Its Ingress tells why in its events.',
);

function renderPage(title: string, text: string, refreshSeconds?: number): string {
  const refresh = refreshSeconds === undefined ? '' : `<meta http-equiv="refresh" content="${refreshSeconds}">`;
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">${refresh}<title>${title}</title></head>
<body style="font-family:system-ui,sans-serif;max-width:32rem;margin:20vh auto;padding:0 1rem;line-height:1.5">
<h1 style="font-weight:600">${title}</h1><p>${text}</p></body></html>
`;
}
