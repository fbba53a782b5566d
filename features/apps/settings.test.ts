import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseSettings } from './settings.ts';

test('settings are read', () => {
  const text =
    'domain: example.org\nenabled_applications: [wordpress]\nflux_source: {repo: https://example.org/x.git}\napplications: {wordpress: {values: {a: 1}}}\nremote_bases: [https://github.com/example/]\n';
  assert.deepEqual(parseSettings(text, 'settings.yaml'), {
    domain: 'example.org',
    enabledApplications: ['wordpress'],
    applications: { wordpress: { values: { a: 1 } } },
    remoteBases: ['https://github.com/example/'],
    fluxSource: { repo: 'https://example.org/x.git', branch: 'main', path: 'flux' },
    intervals: { fetch: '1m', prescriptions: '1h', releases: '20m' },
  });
});

test('namespace, volumes, the followed copy and intervals are read', () => {
  const text =
    'domain: a.org\napplications: {web: {namespace: sites, volumes: delete}}\nlocal_flux: {path: .}\nintervals: {releases: 5m}\n';
  const { applications, localFlux, intervals } = parseSettings(text, 'settings.yaml');
  assert.deepEqual(applications, { web: { namespace: 'sites', volumes: 'delete' } });
  assert.deepEqual(localFlux, { path: '.' });
  assert.deepEqual(intervals, { fetch: '1m', prescriptions: '1h', releases: '5m' });
  assert.deepEqual(parseSettings('domain: a.org\nlocal_flux: true', 'settings.yaml').localFlux, { path: 'flux' });
  assert.equal(parseSettings('domain: a.org\nlocal_flux: false', 'settings.yaml').localFlux, undefined);
});

test('what is wrong is named with its place', () => {
  const cases: [string, RegExp][] = [
    ['domain: [', /settings\.yaml: .*line/],
    ['domain: a b', /settings\.yaml: domain: a domain name is expected/],
    ['domain: a.org\nenabled_applications: wordpress', /enabled_applications: a list/],
    ['domain: a.org\nenabled_aplications: []', /enabled_aplications: is no setting/],
    [
      'domain: a.org\napplications: {wordpress: {value: 1}}',
      /applications\.wordpress\.value: only namespace, values, volumes/,
    ],
    ['domain: a.org\napplications: {wordpress: {namespace: A_B}}', /applications\.wordpress\.namespace: the name of/],
    ['domain: a.org\napplications: {wordpress: {volumes: no}}', /applications\.wordpress\.volumes: "keep" or "delete"/],
    ['domain: a.org\nintervals: {releases: 20}', /intervals\.releases: a duration is expected/],
    ['domain: a.org\nintervals: {release: 20m}', /intervals\.release: only fetch, prescriptions, releases/],
    ['domain: a.org\nflux_source: {branch: main}', /flux_source: repo is expected/],
    ['domain: a.org\nlocal_flux: {path: 1}', /local_flux\.path: a folder/],
    ['- a', /settings are expected/],
  ];
  for (const [text, message] of cases) assert.throws(() => parseSettings(text, 'settings.yaml'), message, text);
});
