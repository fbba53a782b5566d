import assert from 'node:assert/strict';
import { createServer, type IncomingMessage } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, connect, type Server, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { createAuthority, issueCertificate } from '@croft/foundation/certificates';
import { systemClock } from '@croft/foundation/clock';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import type { Notification } from '../alert/types.ts';
import { startInbox } from '../testing/inbox.ts';
import { deliver } from './deliver.ts';
import type { Destination } from './destination.ts';

const failure: Notification = {
  involvedObject: {
    apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
    kind: 'Kustomization',
    namespace: 'team',
    name: 'apps',
  },
  severity: 'error',
  timestamp: '2026-01-02T03:04:05Z',
  message: 'health check failed: web (1/2)\nsecond line',
  reason: 'HealthCheckFailed',
  metadata: { revision: 'main@sha1:abc', summary: 'the shop' },
  reportingController: 'kustomize-controller',
};
const { metadata: _, ...bare } = failure;
const success: Notification = { ...bare, severity: 'info', message: 'applied', reason: 'Succeeded' };

function destination(more: Partial<Destination>): Destination {
  const texts = { type: 'generic', address: '', channel: '', sender: '', username: '', password: '', token: '' };
  return { ...texts, headers: {}, connection: { timeoutMs: 10_000 }, hidden: [], ...more };
}

async function send(to: Partial<Destination>, notification = failure): Promise<void> {
  const { signal } = new AbortController();
  await deliver(notification, destination(to), { clock: systemClock, signal, backoff: { firstMs: 1, maxMs: 1 } });
}

const fields = [
  { title: 'summary', value: 'the shop', short: false },
  { title: 'revision', value: 'main@sha1:abc', short: false },
];
const attachment = {
  author_name: 'kustomization/apps.team',
  fallback: 'kustomization/apps.team: health check failed: web (1/2)',
  text: failure.message,
  mrkdwn_in: ['text'],
  fields,
};

test('chats get a message in their own form', async (t) => {
  const inbox = await startInbox(t, () => ({ status: 200, body: '{"ok":true}' }));
  const sent = async (to: Partial<Destination>, notification?: Notification) => {
    await send({ address: inbox.url, ...to }, notification);
    const { body, ...rest } = await inbox.next();
    return { ...rest, body: JSON.parse(body) as unknown };
  };
  const slack = await sent({
    type: 'slack',
    channel: 'ops',
    token: 'key',
    address: `${inbox.url}/api/chat.postMessage`,
  });
  assert.equal(slack.headers.authorization, 'Bearer key');
  assert.deepEqual(slack.body, {
    channel: 'ops',
    username: 'kustomize-controller',
    attachments: [{ ...attachment, color: 'danger' }],
  });
  assert.deepEqual((await sent({ type: 'mattermost', username: 'croft' }, success)).body, {
    username: 'croft',
    attachments: [
      { ...attachment, fallback: 'kustomization/apps.team: applied', text: 'applied', fields: [], color: 'good' },
    ],
  });
  const rocket = await sent({ type: 'rocket', username: 'croft' });
  assert.deepEqual(rocket.body, { username: 'croft', attachments: [{ ...attachment, color: '#FF0000' }] });
  const discord = await sent({ type: 'discord', channel: 'ops', address: `${inbox.url}/api/webhooks/1/abc` });
  assert.equal(discord.path, '/api/webhooks/1/abc/slack');
  assert.deepEqual(discord.body, {
    username: 'kustomize-controller',
    attachments: [{ ...attachment, color: 'danger' }],
  });
  const matrix = await sent({ type: 'matrix', channel: '!room:example.org', token: 'key' });
  assert.deepEqual([matrix.method, matrix.headers.authorization], ['PUT', 'Bearer key']);
  assert.match(
    matrix.path,
    /^\/_matrix\/client\/v3\/rooms\/!room%3Aexample\.org\/send\/m\.room\.message\/[0-9a-f]{64}$/,
  );
  assert.deepEqual(matrix.body, {
    msgtype: 'm.text',
    body: `🚨 kustomization/apps.team\n${failure.message}\n- summary: the shop\n- revision: main@sha1:abc`,
  });
  const telegram = await sent({ type: 'telegram', channel: '-100:7', token: '1:abc' });
  assert.equal(telegram.path, '/bot1:abc/sendMessage');
  assert.deepEqual(telegram.body, {
    chat_id: '-100',
    message_thread_id: '7',
    parse_mode: 'MarkdownV2',
    text: '*🚨 kustomization/team/apps*\nhealth check failed: web \\(1/2\\)\nsecond line\n\\- *summary*: the shop\n\\- *revision*: main@sha1:abc',
  });
  const { body: card } = await sent({ type: 'msteams' });
  const [{ content }] = (card as { attachments: [{ content: { body: [{ items: unknown[] }] } }] }).attachments;
  assert.deepEqual(content.body[0].items, [
    { type: 'TextBlock', text: 'kustomization/apps.team', size: 'large', weight: 'bolder', wrap: true },
    { type: 'TextBlock', text: failure.message, wrap: true, color: 'attention' },
    { type: 'FactSet', facts: fields.map(({ title, value }) => ({ title, value })) },
  ]);
});

test('Slack says in its answer that it failed', async (t) => {
  const inbox = await startInbox(t, () => ({ status: 200, body: '{"ok":false,"error":"channel_not_found"}' }));
  await assert.rejects(
    send({ type: 'slack', address: `${inbox.url}/api/chat.postMessage` }),
    /Slack responded with error: channel_not_found/,
  );
  assert.equal(inbox.received.length, 1);
});

test('Alertmanager gets an alert with labels', async (t) => {
  const inbox = await startInbox(t);
  await send({ type: 'alertmanager', address: inbox.url, username: 'me', password: 'secret' });
  const { headers, body } = await inbox.next();
  assert.equal(headers.authorization, `Basic ${btoa('me:secret')}`);
  assert.deepEqual(JSON.parse(body), [
    {
      status: 'firing',
      labels: {
        revision: 'main@sha1:abc',
        alertname: 'FluxKustomizationHealthcheckfailed',
        severity: 'error',
        reason: 'HealthCheckFailed',
        kind: 'Kustomization',
        name: 'apps',
        namespace: 'team',
        reportingcontroller: 'kustomize-controller',
      },
      annotations: { message: failure.message, summary: 'the shop' },
      startsAt: failure.timestamp,
    },
  ]);
});

test('failures that will not pass are not tried again; those that may are, five times', async (t) => {
  const refusing = await startInbox(t, () => ({ status: 404, body: 'no such hook' }));
  await assert.rejects(send({ address: refusing.url }), /answered 404 Not Found: no such hook/);
  assert.equal(refusing.received.length, 1);
  const failing = await startInbox(t, () => ({ status: 502 }));
  await assert.rejects(send({ address: failing.url }), /answered 502 Bad Gateway/);
  assert.equal(failing.received.length, 5);
  await assert.rejects(
    send({ type: 'sentry', address: failing.url }),
    /the type sentry of the Provider is not supported/,
  );
  await assert.rejects(send({ address: 'hooks.example.org' }), /not a URL with http or https/);
});

test('an own authority is trusted, and a client certificate shown', async (t) => {
  const authority = createAuthority('test', Date.now());
  const issue = (commonName: string, ...hosts: string[]) =>
    issueCertificate(authority, { commonName, hosts, nowMs: Date.now(), days: 1 });
  const leaf = issue('server', '127.0.0.1');
  const server = createTlsServer(
    { cert: leaf.certificate, key: leaf.key, ca: authority.certificate, requestCert: true, rejectUnauthorized: true },
    (request, response) => request.resume().on('end', () => response.end()),
  );
  const address = `https://127.0.0.1:${await listen(t, server)}`;
  const ca = authority.certificate;
  const { certificate: cert, key } = issue('client');
  await assert.rejects(send({ address }), /certificate is not trusted/);
  await assert.rejects(send({ address, connection: { tls: { ca } } }));
  await send({ address, connection: { tls: { ca, cert, key } } });
});

test('a proxy is asked for HTTP and for HTTPS', async (t) => {
  const authority = createAuthority('test', Date.now());
  const leaf = issueCertificate(authority, { commonName: 's', hosts: ['127.0.0.1'], nowMs: Date.now(), days: 1 });
  const answer = (request: IncomingMessage, response: { end(): void }) =>
    request.resume().on('end', () => response.end());
  const port = await listen(t, createTlsServer({ cert: leaf.certificate, key: leaf.key }, answer));
  const asked: string[] = [];
  const proxy = createServer((request, response) => {
    asked.push(request.url ?? '');
    answer(request, response);
  });
  proxy.on('connect', (request, socket, head) => {
    asked.push(`CONNECT ${request.url}`);
    const onward = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      onward.write(head);
      socket.pipe(onward).pipe(socket);
    });
    for (const end of [socket, onward]) end.on('error', () => end.destroy());
  });
  const url = `http://127.0.0.1:${await listen(t, proxy)}`;
  const connection = { proxyEnv: { http_proxy: url, https_proxy: url }, tls: { ca: authority.certificate } };
  await send({ address: 'http://chat.example.org/hook', connection });
  await send({ address: `https://127.0.0.1:${port}/hook`, connection });
  assert.deepEqual(asked, ['http://chat.example.org/hook', `CONNECT 127.0.0.1:${port}`]);
});

async function listen(t: TestContext, server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => sockets.add(socket));
  t.after(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return (server.address() as AddressInfo).port;
}

interface Mail {
  from: string;
  to: string[];
  text: string;
}

/** A mail server that keeps what it is given. */
async function startMailServer(t: TestContext, options: SMTPServerOptions) {
  const mails: Mail[] = [];
  const server = new SMTPServer({
    ...options,
    onData: async (stream, session, done) => {
      const chunks: Buffer[] = [];
      for await (const chunk of stream) chunks.push(chunk as Buffer);
      const { mailFrom, rcptTo } = session.envelope;
      const from = mailFrom === false ? '' : mailFrom.address;
      mails.push({ from, to: rcptTo.map(({ address }) => address), text: Buffer.concat(chunks).toString('utf8') });
      done();
    },
  });
  server.on('error', () => {}); // a client that gives up is no matter of the test
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => new Promise<void>((resolve) => server.close(resolve)));
  return { mails, port: (server.server.address() as AddressInfo).port };
}

test('a mail is sent with STARTTLS and a password, or plainly without', async (t) => {
  const authority = createAuthority('test', Date.now());
  const leaf = issueCertificate(authority, { commonName: 'mail', hosts: ['127.0.0.1'], nowMs: Date.now(), days: 1 });
  const { mails, port } = await startMailServer(t, {
    cert: leaf.certificate,
    key: leaf.key,
    onAuth: ({ username, password }, _session, done) =>
      username === 'robot' && password === 'secret' ? done(null, { user: username }) : done(new Error('no')),
  });
  const to = {
    type: 'email',
    address: `smtp://127.0.0.1:${port}`,
    channel: 'ops@example.org, Boss <boss@example.org>',
    sender: 'Croft <croft@example.org>',
    username: 'robot',
    connection: { timeoutMs: 10_000, tls: { ca: authority.certificate } },
  };
  await send({ ...to, password: 'secret' });
  const [mail] = mails;
  assert.deepEqual([mail?.from, mail?.to], ['croft@example.org', ['ops@example.org', 'boss@example.org']]);
  assert.match(mail?.text ?? '', /^Subject: \[error\] Kustomization team\/apps: HealthCheckFailed\r$/m);
  assert.match(
    mail?.text ?? '',
    /health check failed: web \(1\/2\)\r\nsecond line\r\n\r\nsummary: the shop\r\nrevision:/,
  );
  await assert.rejects(send({ ...to, password: 'other' }), /the mail server 127\.0\.0\.1:\d+: Invalid login/);
  await assert.rejects(send({ ...to, password: 'secret', connection: {} }), /certificate/);

  const plain = await startMailServer(t, { authOptional: true, disabledCommands: ['STARTTLS', 'AUTH'] });
  await send({ ...to, address: `smtp://127.0.0.1:${plain.port}` }, success);
  assert.equal(plain.mails.length, 1);
  // A password is not sent in the clear.
  await assert.rejects(send({ ...to, address: `smtp://127.0.0.1:${plain.port}`, password: 'secret' }), /STARTTLS/);
  await assert.rejects(send({ ...to, address: 'mail.example.org' }), /no smtp:\/\/HOST:PORT/);
  await assert.rejects(send({ ...to, channel: '' }), /names no receiver/);
});
