import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderEnvironment, renderUnit } from './systemd.ts';

test('the unit ends Croft alone, not what it started', () => {
  const unit = renderUnit({ id: 'a1', launcher: '/opt/croft/croft', dataDir: '/var/lib/croft' });
  assert.match(unit, /^ExecStart=\/opt\/croft\/croft run --data-dir \/var\/lib\/croft$/m);
  assert.match(unit, /^EnvironmentFile=-\/var\/lib\/croft\/environment$/m);
  assert.match(unit, /^KillMode=process$/m);
});

test('paths with characters that systemd reads otherwise are quoted', () => {
  const unit = renderUnit({ id: 'a1', launcher: '/opt/100%/croft', dataDir: '/srv/our $data' });
  assert.match(unit, /^ExecStart=\/opt\/100%%\/croft run --data-dir "\/srv\/our \$\$data"$/m);
});

test('proxies and authorities are handed on, and nothing else', () => {
  const env = { HTTPS_PROXY: 'http://me:pa"ss$@proxy:3128', no_proxy: '.lan', SECRET_TOKEN: 'x', PATH: '/bin' };
  assert.equal(renderEnvironment(env), 'HTTPS_PROXY="http://me:pa\\"ss\\$@proxy:3128"\nno_proxy=".lan"\n');
});
