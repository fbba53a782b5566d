import type { Clock } from '@croft/foundation/clock';
import { stopDns } from './dns/start-dns.ts';
import { stopCaddy } from './ingress/caddy.ts';
import { removeRuleset } from './services/apply-ruleset.ts';
import { removeHostRoutes } from './services/host-routes.ts';

export interface RemoveNetworkOptions {
  instanceId: string;
  runDir: string;
  serviceCidr: string;
  dnsAddress: string;
  clock: Clock;
}

/** Ends the front door and DNS, and removes all rules, routes and addresses; the authority stays. Fine when gone. */
export async function removeNetwork(options: RemoveNetworkOptions): Promise<void> {
  await stopCaddy(options);
  await stopDns(options);
  await removeRuleset(options.instanceId);
  await removeHostRoutes(options);
}
