import { isJsonObject, type Json, type JsonObject } from '@croft/foundation/json';
import { ProcessError, run } from '@croft/foundation/process';
import { tableName } from './render-ruleset.ts';

export interface FirewallProblem {
  /** What stands in the way. */
  message: string;
  /** The command that mends it. */
  remedy: string;
}

export interface FirewallOptions {
  instanceId: string;
  podCidr: string;
  bridge: string;
}

const timeoutMs = 10_000;

/**
 * Looks for firewalls on this machine that keep Pods from each other, from DNS or from the network: chains that drop what
 * no rule of theirs allows, with no rule for the instance's Pods. An allowance that names neither the Pods' network nor
 * their bridge is not seen.
 */
export async function findFirewallProblems(options: FirewallOptions): Promise<FirewallProblem[]> {
  const { stdout } = await run('nft', ['--json', 'list', 'ruleset'], { timeoutMs });
  const blocking = findBlockingChains(JSON.parse(stdout) as unknown, options);
  if (blocking.length === 0) return [];
  const { podCidr, bridge } = options;
  if (await isActive('ufw', ['status'], /^Status: active/m)) {
    const remedy = `ufw allow from ${podCidr} && ufw route allow in on ${bridge} && ufw route allow out on ${bridge}`;
    return [{ message: `The firewall ufw blocks Pods (${podCidr})`, remedy }];
  }
  if (await isActive('firewall-cmd', ['--state'], /^running/m)) {
    const remedy = `firewall-cmd --permanent --zone=trusted --add-source=${podCidr} && firewall-cmd --reload`;
    return [{ message: `The firewall firewalld blocks Pods (${podCidr})`, remedy }];
  }
  return blocking.map(({ family, table, chain }) => ({
    message: `Chain ${chain} of the nftables table ${family} ${table} drops what Pods (${podCidr}) send`,
    remedy: `nft insert rule ${family} ${table} ${chain} ip saddr ${podCidr} accept`,
  }));
}

export interface BlockingChain {
  family: string;
  table: string;
  chain: string;
}

/** Chains of the whole ruleset (`nft --json list ruleset`) that drop by default what comes from or goes to Pods. */
export function findBlockingChains(
  ruleset: unknown,
  { instanceId, podCidr, bridge }: FirewallOptions,
): BlockingChain[] {
  const entries = isJsonObject(ruleset) && Array.isArray(ruleset.nftables) ? ruleset.nftables : [];
  const objectsOf = (kind: string) =>
    entries.flatMap((entry: Json) => (isJsonObject(entry) && isJsonObject(entry[kind]) ? [entry[kind]] : []));
  const [network = ''] = podCidr.split('/');
  const chains = new Map<string, { allows: boolean; targets: string[] }>();
  for (const rule of objectsOf('rule')) {
    const text = JSON.stringify(rule.expr);
    const chain = chains.get(idOf(rule, rule.chain)) ?? { allows: false, targets: [] };
    chains.set(idOf(rule, rule.chain), chain);
    chain.allows ||= text.includes(`"${network}"`) || text.includes(`"${bridge}"`);
    for (const [, target] of text.matchAll(/"(?:jump|goto)":\{"target":"([^"]+)"/g))
      chain.targets.push(idOf(rule, target));
  }
  return objectsOf('chain')
    .filter(({ policy, hook }) => policy === 'drop' && (hook === 'input' || hook === 'forward'))
    .filter((chain) => chain.table !== tableName(instanceId))
    .filter((chain) => !reaches(chains, idOf(chain, chain.name), new Set()))
    .map(({ family, table, name }) => ({ family: String(family), table: String(table), chain: String(name) }));
}

type Chains = ReadonlyMap<string, { allows: boolean; targets: string[] }>;

/** Whether the chain, or one that it leads to, has a rule for the Pods. */
function reaches(chains: Chains, id: string, seen: Set<string>): boolean {
  if (seen.has(id)) return false;
  seen.add(id);
  const chain = chains.get(id);
  return chain !== undefined && (chain.allows || chain.targets.some((target) => reaches(chains, target, seen)));
}

function idOf({ family, table }: JsonObject, chain: unknown): string {
  return `${family} ${table} ${chain}`;
}

async function isActive(command: string, args: readonly string[], sign: RegExp): Promise<boolean> {
  try {
    return sign.test((await run(command, args, { timeoutMs, okExitCodes: [0, 1, 252] })).stdout);
  } catch (error) {
    if (error instanceof ProcessError) return false; // it is not installed, or cannot tell
    throw error;
  }
}
