import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { systemClock } from '@croft/foundation/clock';
import { ensureAuthority } from './authority.ts';

async function temporaryDir(t: TestContext): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'croft-ca-'));
  t.after(() => rm(dir, { recursive: true }));
  return dir;
}

test('an authority is made once and kept', async (t) => {
  const dir = await temporaryDir(t);
  const made = await ensureAuthority(dir, 'Croft', systemClock);
  assert.deepEqual(await ensureAuthority(dir, 'Other', systemClock), made);
  const certificate = new X509Certificate(made.certificate);
  assert.equal(certificate.ca, true);
  assert.equal(certificate.subject, 'CN=Croft');
  assert.ok(certificate.verify(certificate.publicKey));
  assert.ok(certificate.validToDate.getTime() - systemClock.now() > 9 * 365 * 24 * 3600_000);
  assert.equal((await stat(join(dir, 'ca.key'))).mode & 0o777, 0o600);
  assert.equal((await stat(made.certificatePath)).mode & 0o777, 0o644);
});

test('a lost or foreign key is told of, and nothing is overwritten', async (t) => {
  const dir = await temporaryDir(t);
  const made = await ensureAuthority(dir, 'Croft', systemClock);
  await writeFile(join(dir, 'ca.key'), 'broken');
  await assert.rejects(ensureAuthority(dir, 'Croft', systemClock), /do not belong together/);
  await rm(join(dir, 'ca.key'));
  await assert.rejects(ensureAuthority(dir, 'Croft', systemClock), /ca\.key is missing/);
  assert.equal(new X509Certificate(made.certificate).subject, 'CN=Croft');
});

test('after a crash between the two files a new authority is made', async (t) => {
  const dir = await temporaryDir(t);
  await writeFile(join(dir, 'ca.key'), 'half');
  const made = await ensureAuthority(dir, 'Croft', systemClock);
  assert.equal(new X509Certificate(made.certificate).ca, true);
});
