// The rules at work in the kernel: a bridge, two Pods, and connections from the host, from Pods and from outside.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import type { EndpointSlice, Service } from '@croft/api/types';
import { run } from '@croft/foundation/process';
import { testService, testSlice } from '../testing/objects.ts';
import { addBridge, addPod, startInPod, testInOwnNetwork } from '../testing/own-network.ts';
import { applyRuleset, readRuleset, removeRuleset } from './apply-ruleset.ts';
import { applyHairpin } from './hairpin.ts';
import { applyHostRoutes, removeHostRoutes } from './host-routes.ts';
import { renderRuleset } from './render-ruleset.ts';

const options = { instanceId: 'test', serviceCidr: '10.96.0.0/16', podCidr: '10.200.0.0/24', dnsAddress: '10.96.0.10' };
const bridge = 'br-test';
const echo = (name: string) => `
  require('node:http').createServer((request, response) => response.end('${name} ' + request.socket.remoteAddress))
    .listen(8080, '0.0.0.0', () => console.log('ready'));
  const udp = require('node:dgram').createSocket('udp4');
  udp.on('message', (message, from) => udp.send('${name} ' + message, from.port, from.address)).bind(5353);`;

async function curl(url: string, from?: string): Promise<string> {
  const args = ['-sS', '--ipv4', '--max-time', '5', url];
  const command = from === undefined ? ['curl', ...args] : ['ip', 'netns', 'exec', from, 'curl', ...args];
  const [program = '', ...rest] = command;
  return (await run(program, rest, { timeoutMs: 10_000 })).stdout;
}

async function answersOf(url: string, from: string | undefined, times: number): Promise<Set<string>> {
  const names = new Set<string>();
  for (let index = 0; index < times; index += 1) names.add((await curl(url, from)).split(' ')[0] ?? '');
  return names;
}

const apply = (services: Service[], slices: EndpointSlice[]) => applyRuleset(renderRuleset(services, slices, options));
const web = testService('web', { clusterIP: '10.96.0.5', ports: [{ name: 'http', port: 80, nodePort: 30080 }] });
const both = testSlice('web', ['10.200.0.2', '10.200.0.3']);

testInOwnNetwork(import.meta.filename, () => {
  test('Services are reached through the kernel', async (t) => {
    const children: { kill(): void }[] = [];
    t.after(() => {
      for (const child of children) child.kill();
    });
    await addBridge(bridge, '10.200.0.1');
    for (const last of ['2', '3']) {
      await addPod(`p${last}`, bridge, `10.200.0.${last}`, '10.200.0.1');
      children.push(await startInPod(`p${last}`, echo(`p${last}`)));
    }
    await applyHostRoutes(options);
    await applyHostRoutes(options);

    await t.test('from the host, spread over the backends', async () => {
      await apply([web], [both]);
      assert.deepEqual(await answersOf('http://10.96.0.5/', undefined, 20), new Set(['p2', 'p3']));
    });

    for (const bridged of ['0', '1']) {
      const setting = '/proc/sys/net/bridge/bridge-nf-call-iptables';
      const skip = bridged === '1' && !existsSync(setting) ? 'no br_netfilter here' : false;
      await t.test(`from a Pod to others and itself, bridge-nf-call-iptables=${bridged}`, { skip }, async () => {
        if (existsSync(setting)) await writeFile(setting, bridged);
        await applyHairpin(bridge);
        assert.deepEqual(await applyHairpin(bridge), []);
        assert.deepEqual(await answersOf('http://10.96.0.5/', 'p2', 20), new Set(['p2', 'p3']));
      });
    }

    await t.test('by node port, with the source address of a client outside kept', async () => {
      await addBridge('br-outside', '192.0.2.1');
      await addPod('outside', 'br-outside', '192.0.2.9', '192.0.2.1');
      assert.match(await curl('http://192.0.2.1:30080/', 'outside'), /192\.0\.2\.9$/);
      assert.match(await curl('http://192.0.2.1:30080/'), /^p/);
    });

    await t.test('by UDP', async () => {
      const dns = testService('udp', { clusterIP: '10.96.0.7', ports: [{ name: 'd', port: 53, protocol: 'UDP' }] });
      await apply([dns], [testSlice('udp', ['10.200.0.3'], 5353, 'd')]);
      const script = `const s = require('node:dgram').createSocket('udp4');
        s.on('message', (m) => { console.log(String(m)); s.close(); }).send('hello', 53, '10.96.0.7');`;
      const { stdout } = await run('ip', ['netns', 'exec', 'p2', process.execPath, '-e', script], {
        timeoutMs: 10_000,
      });
      assert.equal(stdout.trim(), 'p3 hello');
    });

    await t.test('always by the same backend with sessionAffinity ClientIP', async () => {
      const sticky = testService('web', { clusterIP: '10.96.0.5', sessionAffinity: 'ClientIP' });
      await apply([sticky], [both]);
      assert.equal((await answersOf('http://10.96.0.5/', 'p2', 12)).size, 1);
    });

    await t.test('and are refused at once without backends, at unknown ports and addresses', async () => {
      await apply([web], []);
      for (const url of ['http://10.96.0.5/', 'http://10.96.0.5:81/', 'http://10.96.0.77/']) {
        await assert.rejects(curl(url), /exit code 7/);
        await assert.rejects(curl(url, 'p2'), /exit code 7/);
      }
    });

    await t.test('and nothing is left after removal', async () => {
      assert.ok(await readRuleset(options.instanceId));
      for (let times = 0; times < 2; times += 1) {
        await removeRuleset(options.instanceId);
        await removeHostRoutes(options);
      }
      assert.equal(await readRuleset(options.instanceId), undefined);
      assert.doesNotMatch((await run('ip', ['route'], { timeoutMs: 5_000 })).stdout, /10\.96\./);
      assert.doesNotMatch((await run('ip', ['address'], { timeoutMs: 5_000 })).stdout, /10\.96\./);
    });
  });
});
