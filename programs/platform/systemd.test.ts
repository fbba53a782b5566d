import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderUnit } from './systemd.ts';

test('the unit ends Croft alone, not what it started', () => {
  const unit = renderUnit('/opt/croft/croft', '/var/lib/croft');
  assert.match(unit, /^ExecStart=\/opt\/croft\/croft run --data-dir \/var\/lib\/croft$/m);
  assert.match(unit, /^KillMode=process$/m);
});
