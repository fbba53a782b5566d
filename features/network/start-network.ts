import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureAuthority } from './certificates/authority.ts';
import { createSiteCertificates } from './certificates/site-certificates.ts';
import { startCoalescer } from './control/coalescer.ts';
import { createFrontDoor } from './control/front-door.ts';
import { createNames } from './control/names.ts';
import type { NetworkOptions } from './control/network-options.ts';
import { observe, onAnyChange } from './control/observed.ts';
import { createServiceRules } from './control/service-rules.ts';
import { startWatchdog } from './control/watchdog.ts';
import { ensureDnsService } from './dns/dns-service.ts';
import { isDnsRunning } from './dns/start-dns.ts';
import { isCaddyRunning } from './ingress/caddy.ts';
import { ensureIngressClass } from './ingress/ingress-class.ts';
import { applyHostRoutes } from './services/host-routes.ts';

export interface Network extends AsyncDisposable {
  /** Resolves when all changes seen so far are in effect. */
  settled(): Promise<void>;
  /** What of it does not work now, in words for a person; it is tried again all the while. */
  problems(): string[];
  /** The certificate that people trust in their browsers. */
  readonly certificatePath: string;
}

const lookMs = 3_000;
/** Every so many looks the rules in the kernel are compared, too. */
const looksBetweenMends = 10;
/** About an hour: certificates are made anew in time. */
const looksBetweenRenewals = 1_200;

/**
 * Gives Services addresses and names, and Ingresses a front door, and keeps them so. What it starts and sets goes on when
 * this is disposed or killed; the next start adopts it. `removeNetwork` ends it. Resolves when all that is known at the
 * start is in effect, or has failed once (then it is logged, and tried again).
 */
export async function startNetwork(options: NetworkOptions): Promise<Network> {
  const { client, informers, clock, log, runDir, dataDir } = options;
  await mkdir(runDir, { recursive: true, mode: 0o700 });
  const pkiDir = join(dataDir, 'pki');
  const authority = await ensureAuthority(pkiDir, `Croft ${options.instanceId}`, clock);
  const signing = { authority, domain: options.domain, clock };
  const certificates = createSiteCertificates(join(pkiDir, 'sites'), signing);
  await applyHostRoutes(options);
  await Promise.all([ensureIngressClass(client), ensureDnsService(client, options.dnsAddress, log)]);
  const observed = await observe(informers);
  const { services, slices, ingresses, classes, secrets } = observed;

  const serviceRules = createServiceRules(options);
  const work = (name: string, apply: (signal: AbortSignal) => Promise<void>) =>
    startCoalescer({ name, apply, clock, log });
  const rules = work('Service addresses', () => serviceRules.apply(services.list(), slices.list()));
  const names = work('DNS', createNames(options, observed));
  const door = work('the front door', createFrontDoor(options, observed, certificates));
  const works = [rules, names, door];
  const subscriptions = [
    onAnyChange([services, slices], rules.trigger),
    onAnyChange([services, slices, ingresses, classes], names.trigger),
    onAnyChange([services, slices, ingresses, classes, secrets], door.trigger),
  ];
  const watchdog = startWatchdog(
    async (count) => {
      if (!(await isDnsRunning(runDir))) names.trigger();
      if (count % looksBetweenRenewals === 0 || !(await isCaddyRunning({ runDir }))) door.trigger();
      if (count % looksBetweenMends === 0) await serviceRules.mend();
    },
    { everyMs: lookMs, clock, log },
  );

  const settled = async () => {
    await Promise.all(works.map((each) => each.settled()));
  };
  await settled();
  return {
    settled,
    problems: () => works.flatMap(({ problem }) => problem ?? []),
    certificatePath: authority.certificatePath,
    [Symbol.asyncDispose]: async () => {
      for (const subscription of subscriptions) subscription[Symbol.dispose]();
      await Promise.all([watchdog, ...works].map((part) => part[Symbol.asyncDispose]()));
    },
  };
}
