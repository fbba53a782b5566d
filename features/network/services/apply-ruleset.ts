import { UserError } from '@croft/foundation/errors';
import { ProcessError, run } from '@croft/foundation/process';
import { tableName } from './render-ruleset.ts';

const timeoutMs = 15_000;

/** Replaces the instance's table by the rendered one in one transaction: connections see the old rules or the new. */
export async function applyRuleset(text: string): Promise<void> {
  await nft(['-f', '-'], text);
}

/** The table as the kernel has it; undefined when there is none. Equal texts mean equal rules. */
export async function readRuleset(instanceId: string): Promise<string | undefined> {
  try {
    return await nft(['--stateless', 'list', 'table', 'ip', tableName(instanceId)]);
  } catch (error) {
    if (error instanceof ProcessError && error.stderr.includes('No such file or directory')) return undefined;
    throw error;
  }
}

/** Removes the instance's table; fine when there is none. */
export async function removeRuleset(instanceId: string): Promise<void> {
  const table = tableName(instanceId);
  await nft(['-f', '-'], `table ip ${table}\ndelete table ip ${table}\n`);
}

async function nft(args: readonly string[], input?: string): Promise<string> {
  try {
    return (await run('nft', args, { timeoutMs, ...(input === undefined ? {} : { input }) })).stdout;
  } catch (error) {
    if (error instanceof ProcessError && error.message.endsWith('is not installed')) {
      throw new UserError('Service addresses need nftables, and nft is not installed: apt-get install nftables');
    }
    if (error instanceof ProcessError && error.stderr.includes('Operation not permitted')) {
      throw new UserError('Service addresses need root: nft may not change the rules of this machine');
    }
    throw error;
  }
}
