import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { endpointSlices, ingressClasses, ingresses, secrets, services } from '@croft/api/kinds';
import type { ControllerContext } from '@croft/controller/controller';
import { createEventRecorder } from '@croft/controller/events';
import { errorMessage } from '@croft/foundation/errors';
import { ensureAuthority } from './certificates/authority.ts';
import { type Coalescer, startCoalescer } from './control/coalescer.ts';
import { createFrontDoor } from './control/front-door.ts';
import { findNodeAddress } from './control/node-address.ts';
import { createServiceRules } from './control/service-rules.ts';
import { renderRecords } from './dns/render-records.ts';
import { isDnsRunning, startDns, writeRecords } from './dns/start-dns.ts';
import { adminSocketPath, caddyLogPath, isCaddyRunning } from './ingress/caddy.ts';
import { ensureIngressClass, selectServed } from './ingress/ingress-class.ts';
import { applyHostRoutes } from './services/host-routes.ts';

export interface NetworkOptions extends ControllerContext {
  /** Unlike that of any other instance on the machine: it names the rules. */
  instanceId: string;
  /** `pki/` and `caddy/` lie here. */
  dataDir: string;
  /** Process ids, sockets, logs; only the owner may look in. */
  runDir: string;
  serviceCidr: string;
  podCidr: string;
  bridge: string;
  dnsAddress: string;
  /** `cluster.local` when left out. */
  clusterDomain?: string;
  httpPort: number;
  httpsPort: number;
  /** The domain under which the instance's applications are reached. */
  domain: string;
  /** The address in the status of Ingresses; found out when left out. */
  nodeAddress?: string;
  /** The DNS program, when it is not the file beside the package's own. */
  dnsProgram?: string;
}

export interface Network extends AsyncDisposable {
  /** Resolves when all changes seen so far are in effect. */
  settled(): Promise<void>;
  /** The certificate that people trust in their browsers. */
  readonly certificatePath: string;
}

const watchMs = 3_000;
/** Every so many looks the rules in the kernel are compared, too. */
const looksBetweenMends = 10;

/**
 * Gives Services addresses and names, and Ingresses a front door, and keeps them so. What it starts and sets goes on when
 * this is disposed or killed; the next start adopts it. `removeNetwork` ends it.
 */
export async function startNetwork(options: NetworkOptions): Promise<Network> {
  const { client, informers, clock, log, runDir, dnsAddress, httpPort, httpsPort, domain } = options;
  const clusterDomain = options.clusterDomain ?? 'cluster.local';
  await mkdir(runDir, { recursive: true, mode: 0o700 });
  const authority = await ensureAuthority(join(options.dataDir, 'pki'), `Croft ${options.instanceId}`, clock);
  const seen = {
    services: informers.of(services),
    slices: informers.of(endpointSlices),
    ingresses: informers.of(ingresses),
    classes: informers.of(ingressClasses),
    secrets: informers.of(secrets, { labelSelector: 'owner!=helm' }), // without releases: many and large
  };
  await applyHostRoutes(options);
  const program = options.dnsProgram === undefined ? {} : { program: options.dnsProgram };
  const dns = { runDir, address: dnsAddress, clock, ...program };
  await Promise.all([ensureIngressClass(client), ...Object.values(seen).map(({ synced }) => synced)]);

  const rules = createServiceRules(options);
  const frontDoor = createFrontDoor({
    client,
    events: createEventRecorder({ client, component: 'croft-front-door', clock, log }),
    options: {
      httpPort,
      httpsPort,
      domain,
      clusterDomain,
      dnsServer: `${dnsAddress}:53`,
      authority,
      adminSocket: adminSocketPath(runDir),
      storageDir: join(options.dataDir, 'caddy'),
      logPath: caddyLogPath(runDir),
    },
    caddy: { runDir, httpPort, httpsPort, clock, probeHost: domain.includes('.') ? `front-door.${domain}` : domain },
    nodeAddress: () => options.nodeAddress ?? findNodeAddress(options.bridge),
  });
  const served = () => selectServed(seen.ingresses.list(), seen.classes.list());
  let lastRecords: string | undefined;

  const work = (name: string, apply: () => Promise<void>) => startCoalescer({ name, apply, clock, log });
  const applyRules = work('the rules for Services', () => rules.apply(seen.services.list(), seen.slices.list()));
  const applyNames = work('the names of Services', async () => {
    const frontDoorNames = served().flatMap(({ spec }) => spec?.rules?.flatMap(({ host }) => host ?? []) ?? []);
    const names = { frontDoorNames: new Set(frontDoorNames), frontDoorAddress: dnsAddress };
    const records = renderRecords(seen.services.list(), seen.slices.list(), { ...options, clusterDomain, ...names });
    const text = JSON.stringify(records);
    if (text !== lastRecords) await writeRecords(runDir, records);
    lastRecords = text;
    await startDns(dns);
  });
  const applyDoor = work('the front door', () =>
    frontDoor.apply({
      ingresses: served(),
      services: seen.services.list(),
      slices: seen.slices.list(),
      findSecret: (namespace, name) => seen.secrets.get({ namespace, name }),
    }),
  );
  const all = [applyRules, applyNames, applyDoor];
  const on = (informer: (typeof seen)[keyof typeof seen], ...works: Coalescer[]) =>
    (informer.onChange as (listener: () => void) => Disposable)(() => {
      for (const each of works) each.trigger();
    });
  const subscriptions = [
    on(seen.services, ...all),
    on(seen.slices, ...all),
    on(seen.ingresses, applyNames, applyDoor),
    on(seen.classes, applyNames, applyDoor),
    on(seen.secrets, applyDoor),
  ];
  for (const each of all) each.trigger();

  const stop = new AbortController();
  const watching = (async () => {
    for (let looks = 1; !stop.signal.aborted; looks += 1) {
      await clock.wait(watchMs, stop.signal).catch(() => {});
      if (stop.signal.aborted) return;
      try {
        if (!(await isDnsRunning(runDir))) applyNames.trigger();
        if (!(await isCaddyRunning({ runDir }))) applyDoor.trigger();
        if (looks % looksBetweenMends === 0) await rules.mend();
      } catch (error) {
        log.warn('the network could not be looked after', { error: errorMessage(error) });
      }
    }
  })();

  const settled = async () => {
    await Promise.all(all.map((each) => each.settled()));
  };
  await settled();
  return {
    settled,
    certificatePath: authority.certificatePath,
    [Symbol.asyncDispose]: async () => {
      stop.abort(new Error('the network was stopped'));
      for (const subscription of subscriptions) subscription[Symbol.dispose]();
      await Promise.all([watching, ...all.map((each) => each[Symbol.asyncDispose]())]);
    },
  };
}
