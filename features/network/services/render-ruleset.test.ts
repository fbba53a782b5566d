import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testService, testSlice } from '../testing/objects.ts';
import { renderRuleset, tableName } from './render-ruleset.ts';

const options = { instanceId: 'a-1', serviceCidr: '10.96.0.0/16', podCidr: '10.200.0.0/24', dnsAddress: '10.96.0.10' };

test('a Service without backends has no rule, so that what is sent to it is refused', () => {
  const text = renderRuleset([testService('web', { clusterIP: '10.96.0.5' })], [], options);
  assert.doesNotMatch(text, /10\.96\.0\.5/);
});

test('headless and ExternalName Services have no rules', () => {
  const services = [
    testService('headless', { clusterIP: 'None' }),
    testService('outside', { type: 'ExternalName', externalName: 'example.org' }),
  ];
  const slices = [testSlice('headless', ['10.200.0.2']), testSlice('outside', ['10.200.0.3'])];
  assert.doesNotMatch(renderRuleset(services, slices, options), /dnat to/);
});

test('named ports, node ports and external addresses lead to the same backends', () => {
  const service = testService('web', {
    clusterIP: '10.96.0.5',
    externalIPs: ['203.0.113.7'],
    ports: [
      { name: 'http', port: 80, nodePort: 30080 },
      { name: 'stats', port: 53, protocol: 'UDP' },
    ],
  });
  const slices = [testSlice('web', ['10.200.0.3', '10.200.0.2']), testSlice('web', ['10.200.0.2'], 5353, 'stats')];
  const text = renderRuleset([service], slices, options);
  assert.match(text, /10\.96\.0\.5 \. tcp \. 80 : goto service\/default\/web\/tcp\/80/);
  assert.match(text, /203\.0\.113\.7 \. tcp \. 80 : goto service\/default\/web\/tcp\/80/);
  assert.match(text, /tcp \. 30080 : goto service\/default\/web\/tcp\/80/);
  assert.match(text, /mod 2 map \{ 0 : 10\.200\.0\.2 \. 8080, 1 : 10\.200\.0\.3 \. 8080 \}/);
  assert.match(text, /meta l4proto udp dnat to 10\.200\.0\.2:5353/);
});

test('endpoints that are not ready get traffic only while they end and no other is ready', () => {
  const slice = testSlice('web', ['10.200.0.2', '10.200.0.3']);
  const [first, second] = slice.endpoints;
  if (first === undefined || second === undefined) throw new Error('the slice has two endpoints');
  first.conditions = { ready: false, serving: true, terminating: true };
  const service = testService('web', { clusterIP: '10.96.0.5' });
  assert.match(renderRuleset([service], [slice], options), /dnat to 10\.200\.0\.3:8080/);
  second.conditions = { ready: false, serving: false, terminating: false };
  assert.match(renderRuleset([service], [slice], options), /dnat to 10\.200\.0\.2:8080/);
});

test('two Services that claim one address and port do not spoil the table', () => {
  const services = ['b', 'a'].map((name) => testService(name, { externalIPs: ['203.0.113.7'] }));
  const slices = [testSlice('a', ['10.200.0.2']), testSlice('b', ['10.200.0.3'])];
  const text = renderRuleset(services, slices, options);
  assert.equal(text.match(/203\.0\.113\.7 \. tcp \. 80 : /g)?.length, 1);
  assert.match(text, /203\.0\.113\.7 \. tcp \. 80 : goto service\/default\/a\/tcp\/80/);
});

test('the order of the objects does not change the text', () => {
  const services = ['a', 'b'].map((name, index) => testService(name, { clusterIP: `10.96.0.${index + 20}` }));
  const slices = [testSlice('a', ['10.200.0.2', '10.200.0.4']), testSlice('b', ['10.200.0.3'])];
  assert.equal(
    renderRuleset(services, slices, options),
    renderRuleset(services.toReversed(), slices.toReversed(), options),
  );
});

test('the name of the table holds only what nft allows', () => {
  assert.equal(tableName('a-1'), 'croft_a_1');
});
