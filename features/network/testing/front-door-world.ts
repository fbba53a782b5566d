import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { Secret } from '@croft/api/types';
import { systemClock } from '@croft/foundation/clock';
import { run } from '@croft/foundation/process';
import { ensureAuthority } from '../certificates/authority.ts';
import { createSiteCertificates } from '../certificates/site-certificates.ts';
import { renderRecords } from '../dns/render-records.ts';
import { startDns, stopDns, writeRecords } from '../dns/start-dns.ts';
import { adminSocketPath, applyCaddyConfig, caddyLogPath, stopCaddy } from '../ingress/caddy.ts';
import { type FrontDoorObjects, type FrontDoorOptions, renderCaddyConfig } from '../ingress/render-caddy-config.ts';

const clock = systemClock;

export interface Answer {
  status: number;
  headers: string;
  body: string;
}

/** A real Caddy and a real DNS program on free ports, with an authority of their own; all gone after the test. */
export interface World {
  options: FrontDoorOptions;
  runDir: string;
  /** Serves these objects; gives whether Caddy got another configuration. */
  apply(objects: Partial<FrontDoorObjects>): Promise<boolean>;
  /** Asks as a browser does that trusts the authority; the host of the address leads to the front door. */
  curl(url: string, ...args: string[]): Promise<Answer>;
}

export async function openWorld(t: TestContext): Promise<World> {
  const dir = await mkdtemp(join(tmpdir(), 'croft-door-'));
  const runDir = join(dir, 'run');
  const address = `127.${1 + (process.pid % 250)}.${Math.floor(Math.random() * 256)}.53`;
  const dns = { runDir, address, port: 10_053, clock, resolvPath: join(dir, 'none') };
  const ports = { httpPort: await freePort(), httpsPort: await freePort() };
  const caddy = { runDir, clock, ...ports, probeHost: 'any.croft.test' };
  t.after(async () => {
    await Promise.all([stopCaddy(caddy), stopDns(dns)]);
    await rm(dir, { recursive: true });
  });
  await startDns(dns);
  const authority = await ensureAuthority(join(dir, 'pki'), 'Croft test', clock);
  const certificates = createSiteCertificates(join(dir, 'pki', 'sites'), { authority, domain: 'croft.test', clock });
  const options: FrontDoorOptions = {
    ...ports,
    domain: 'croft.test',
    clusterDomain: 'cluster.local',
    dnsServer: `${address}:10053`,
    adminSocket: adminSocketPath(runDir),
    logPath: caddyLogPath(runDir),
  };
  return {
    options,
    runDir,
    apply: async (objects) => {
      const all = { ingresses: [], services: [], slices: [], findSecret: () => undefined, ...objects };
      const signed = await certificates.ensure(
        all.ingresses.flatMap(({ spec }) => (spec?.rules ?? []).flatMap(({ host }) => host ?? [])),
      );
      const networks = { clusterDomain: 'cluster.local', serviceCidr: '10.96.0.0/16', podCidr: '10.200.0.0/24' };
      const names = { frontDoorNames: [], frontDoorAddress: address };
      await writeRecords(runDir, renderRecords(all.services, all.slices, { ...networks, ...names }));
      return await applyCaddyConfig(renderCaddyConfig({ ...all, signed }, options).config, caddy);
    },
    curl: async (url, ...args) => {
      const { hostname, protocol } = new URL(url);
      const port = protocol === 'https:' ? ports.httpsPort : ports.httpPort;
      const trust = ['--cacert', authority.certificatePath, '--connect-to', `${hostname}::127.0.0.1:${port}`];
      const { stdout } = await run('curl', ['-sS', '-i', '--max-time', '20', ...trust, ...args, url], {
        timeoutMs: 30_000,
      });
      const [headers = '', ...body] = stdout.replaceAll('\r\n', '\n').split('\n\n');
      return { status: Number(headers.split(' ')[1]), headers, body: body.join('\n\n') };
    },
  };
}

export async function freePort(): Promise<number> {
  const server = createTcpServer();
  await new Promise<void>((resolve) => server.listen(0, resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

export interface BackendServer {
  server: Server;
  port: number;
}

/** An application that answers with its name and what it saw of the request. */
export async function startBackend(
  t: TestContext,
  name: string,
  address = '127.0.0.1',
  port = 0,
): Promise<BackendServer> {
  const server = createServer((request, response) => {
    request.resume();
    request.on('end', () => response.end(JSON.stringify({ name, url: request.url, headers: request.headers })));
  });
  await new Promise<void>((resolve) => server.listen(port, address, resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { server, port: (server.address() as AddressInfo).port };
}

export function testSecret(name: string, data: Record<string, string>): Secret {
  return {
    metadata: { name, namespace: 'default' },
    data: Object.fromEntries(Object.entries(data).map(([key, value]) => [key, Buffer.from(value).toString('base64')])),
  };
}
