// What a loss of power leaves, and what comes of it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeTinyCatalog, startInstance } from '../support/instance.ts';
import { readPrintedStatus } from '../support/tiny.ts';

test('after a host that is a container begins anew, all comes back by one up', { timeout: 300_000 }, async (t) => {
  let printed = '';
  const instance = await startInstance(t, {
    catalog: await makeTinyCatalog(t),
    applications: ['tiny'],
    hostEachCommand: true,
    onOutput: (text) => {
      printed += text;
    },
  });
  assert.equal((await readPrintedStatus(instance)).message, 'Croft is stopped; "croft up" starts it');
  await assert.rejects(instance.ask(`tiny.${instance.domain}`), /ECONNREFUSED/);
  for (let restart = 0; restart < 2; restart += 1) {
    printed = '';
    await instance.croft('up', '--no-install', '--timeout', '2');
    assert.match(printed, /^tiny: ready at /m);
    assert.doesNotMatch(printed, /CrashLoop|Error/);
  }
});
