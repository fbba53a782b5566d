import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { openPki } from './pki.ts';

async function inFolder(use: (dir: string) => Promise<void>): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), 'pki-'));
  try {
    await use(dir);
  } finally {
    await rm(dir, { recursive: true });
  }
}

const nowMs = Date.parse('2030-06-01T00:00:00Z');

test('an installation has an authority, a server and an administrator that it signed', async () => {
  await inFolder(async (dir) => {
    const pki = await openPki({ dir, hosts: ['127.0.0.1', '::1', 'localhost'], nowMs });
    const authority = new X509Certificate(pki.authority.certificate);
    const server = new X509Certificate(pki.server.certificate);
    const admin = new X509Certificate(pki.admin.certificate);
    assert.ok(authority.ca && authority.verify(authority.publicKey));
    for (const leaf of [server, admin]) {
      assert.ok(leaf.checkIssued(authority) && leaf.verify(authority.publicKey));
      assert.ok(!leaf.ca);
    }
    assert.ok(server.checkIP('127.0.0.1') && server.checkIP('::1') && server.checkHost('localhost'));
    assert.equal(server.checkHost('elsewhere.example.org'), undefined);
    assert.match(admin.subject, /O=system:masters/);
  });
});

test('keys are kept for the next start, readable by their owner alone', async () => {
  await inFolder(async (dir) => {
    const first = await openPki({ dir, hosts: ['localhost'], nowMs });
    assert.deepEqual(await openPki({ dir, hosts: ['localhost'], nowMs: nowMs + 1000 }), first);
    assert.equal((await stat(join(dir, 'ca.key'))).mode & 0o777, 0o600);
    assert.equal((await stat(join(dir, 'service-account.key'))).mode & 0o777, 0o600);
  });
});

test('another host or a near end renews the certificate under the same authority', async () => {
  await inFolder(async (dir) => {
    const first = await openPki({ dir, hosts: ['localhost'], nowMs });
    const moved = await openPki({ dir, hosts: ['localhost', 'croft.example.org'], nowMs });
    assert.equal(moved.authority.certificate, first.authority.certificate);
    assert.equal(moved.admin.certificate, first.admin.certificate);
    assert.ok(new X509Certificate(moved.server.certificate).checkHost('croft.example.org'));
    const nearlyTenYearsMs = 3640 * 24 * 60 * 60 * 1000;
    const late = await openPki({ dir, hosts: ['localhost'], nowMs: nowMs + nearlyTenYearsMs });
    assert.notEqual(late.admin.certificate, first.admin.certificate);
  });
});
