import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { mkdtemp, readdir, rm, stat, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { systemClock } from '@croft/foundation/clock';
import { ensureAuthority } from './authority.ts';
import { createSiteCertificates } from './site-certificates.ts';

const dayMs = 24 * 60 * 60 * 1000;

async function openWorld(t: TestContext) {
  const dir = await mkdtemp(join(tmpdir(), 'croft-sites-'));
  t.after(() => rm(dir, { recursive: true }));
  const authority = await ensureAuthority(dir, 'Croft', systemClock);
  const sites = join(dir, 'sites');
  const open = (days = 0, domain = 'croft.test') => {
    const clock = { ...systemClock, now: () => systemClock.now() + days * dayMs };
    return createSiteCertificates(sites, { authority, domain, clock });
  };
  return { authority, sites, open };
}

const namesOf = ({ certificate }: { certificate: string }) => new X509Certificate(certificate).subjectAltName;

test('the domain with what is right below has one certificate, each other host its own', async (t) => {
  const { authority, sites, open } = await openWorld(t);
  const made = await open().ensure([
    'wiki.croft.test',
    'a.b.croft.test',
    'example.org',
    '*.example.org',
    '',
    'croft.test',
  ]);
  assert.deepEqual(made.map(namesOf), [
    'DNS:croft.test, DNS:*.croft.test',
    'DNS:a.b.croft.test',
    'DNS:example.org',
    'DNS:*.example.org',
  ]);
  for (const { certificate } of made) {
    assert.ok(new X509Certificate(certificate).verify(new X509Certificate(authority.certificate).publicKey));
  }
  for (const name of await readdir(sites)) assert.equal((await stat(join(sites, name))).mode & 0o777, 0o600);
  assert.deepEqual((await open(0, 'localhost').ensure([])).map(namesOf), ['DNS:localhost']);
});

test('certificates outlive restarts, are renewed in time, and go with their hosts', async (t) => {
  const { sites, open } = await openWorld(t);
  const made = await open().ensure(['example.org']);
  assert.deepEqual(await open().ensure(['example.org']), made);
  assert.deepEqual(await open(250).ensure(['example.org']), made);
  const renewed = await open(280).ensure(['example.org']);
  assert.deepEqual(renewed.map(namesOf), made.map(namesOf));
  for (const [index, pair] of renewed.entries()) assert.notEqual(pair.certificate, made[index]?.certificate);
  await open(280).ensure([]);
  assert.equal((await readdir(sites)).length, 1);
});

test('a damaged file is made anew', async (t) => {
  const { sites, open } = await openWorld(t);
  const [made] = await open().ensure([]);
  const [name = ''] = await readdir(sites);
  await truncate(join(sites, name), 300);
  const [again] = await open().ensure([]);
  assert.notEqual(again?.key, made?.key);
  assert.deepEqual(await open().ensure([]), [again]);
});
