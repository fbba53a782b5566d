import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pod } from '@croft/api/types';
import { renderHosts, renderResolvConf } from './name-files.ts';

const options = {
  clusterDns: '10.96.0.10',
  clusterDomain: 'cluster.local',
  hostResolvConf: '# made by hand\nnameserver 192.0.2.53\nsearch example.org\noptions edns0\n',
};
const pod = (spec: Partial<Pod['spec']> = {}): Pod => ({
  metadata: { name: 'web-0', namespace: 'shop' },
  spec: { containers: [], ...spec },
});

test('the cluster answers names unless said otherwise', () => {
  assert.equal(
    renderResolvConf(pod(), options),
    'search shop.svc.cluster.local svc.cluster.local cluster.local example.org\nnameserver 10.96.0.10\noptions ndots:5\n',
  );
  const host = 'search example.org\nnameserver 192.0.2.53\noptions edns0\n';
  assert.equal(renderResolvConf(pod({ dnsPolicy: 'Default' }), options), host);
  assert.equal(renderResolvConf(pod({ hostNetwork: true }), options), host);
});

test('dnsConfig adds, and its options replace those of the same name', () => {
  const dnsConfig = {
    nameservers: ['1.1.1.1'],
    searches: ['my.org'],
    options: [{ name: 'ndots', value: '2' }, { name: 'rotate' }],
  };
  assert.equal(
    renderResolvConf(pod({ dnsPolicy: 'None', dnsConfig }), options),
    'search my.org\nnameserver 1.1.1.1\noptions ndots:2 rotate\n',
  );
  assert.match(renderResolvConf(pod({ dnsConfig }), options), /^options ndots:2 rotate$/m);
});

test('hosts hold the Pod, its full name in a subdomain, and aliases', () => {
  const spec = { subdomain: 'web', hostAliases: [{ ip: '10.9.9.9', hostnames: ['a', 'b'] }] };
  const lines = renderHosts(pod(spec), '10.1.0.7', 'cluster.local').split('\n');
  assert.ok(lines.includes('127.0.0.1\tlocalhost'));
  assert.ok(lines.includes('10.1.0.7\tweb-0.web.shop.svc.cluster.local\tweb-0'));
  assert.ok(lines.includes('10.9.9.9\ta\tb'));
});
