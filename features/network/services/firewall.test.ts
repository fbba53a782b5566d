import assert from 'node:assert/strict';
import { test } from 'node:test';
import { run } from '@croft/foundation/process';
import { testInOwnNetwork } from '../testing/own-network.ts';
import { findFirewallProblems } from './firewall.ts';

const options = { instanceId: 'a', podCidr: '10.200.0.0/24', bridge: 'br-croft' };
const nft = (input: string) => run('nft', ['-f', '-'], { input, timeoutMs: 10_000 });

testInOwnNetwork(import.meta.filename, () => {
  test('a chain that drops by default is found until it lets Pods through', async () => {
    assert.deepEqual(await findFirewallProblems(options), []);
    await nft('table inet guard {\nchain forward {\ntype filter hook forward priority 0; policy drop;\n}\n}\n');
    const [problem, ...others] = await findFirewallProblems(options);
    assert.deepEqual(others, []);
    assert.match(problem?.message ?? '', /Chain forward of the nftables table inet guard drops/);
    const [command = '', ...args] = problem?.remedy.split(' ') ?? [];
    await run(command, args, { timeoutMs: 10_000 });
    assert.deepEqual(await findFirewallProblems(options), []);
    await nft('table inet guard {\nchain input {\ntype filter hook input priority 0; policy drop;\n}\n}\n');
    assert.equal((await findFirewallProblems(options)).length, 1);
    await nft('table inet guard {\nchain user {\nip saddr 10.200.0.0/24 accept\n}\n}\n');
    await nft('add rule inet guard input jump user');
    assert.deepEqual(await findFirewallProblems(options), []);
  });
});
