import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseSettings } from './settings.ts';

test('settings are read', () => {
  const text =
    'domain: example.org\nenabled_applications: [wordpress]\nflux_source: {repo: https://example.org/x.git}\napplications: {wordpress: {values: {a: 1}}}\n';
  assert.deepEqual(parseSettings(text, 'settings.yaml'), {
    domain: 'example.org',
    enabledApplications: ['wordpress'],
    applications: { wordpress: { values: { a: 1 } } },
    fluxSource: { repo: 'https://example.org/x.git', branch: 'main', path: 'flux' },
  });
});

test('what is wrong is named with its place', () => {
  const cases: [string, RegExp][] = [
    ['domain: [', /settings\.yaml: .*line/],
    ['domain: a b', /settings\.yaml: domain: a domain name is expected/],
    ['domain: a.org\nenabled_applications: wordpress', /enabled_applications: a list/],
    ['domain: a.org\nenabled_aplications: []', /enabled_aplications: is no setting/],
    ['domain: a.org\napplications: {wordpress: {value: 1}}', /applications\.wordpress: only "values"/],
    ['- a', /settings are expected/],
  ];
  for (const [text, message] of cases) assert.throws(() => parseSettings(text, 'settings.yaml'), message, text);
});
