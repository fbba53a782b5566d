import assert from 'node:assert/strict';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { run } from '@croft/foundation/process';
import { makeChartPackage } from '../testing/chart-package.ts';
import { signChart } from './sign-chart.ts';
import { verifyChart } from './verify-chart.ts';

const timeoutMs = 60_000;

interface Keys {
  /** GnuPG's own folder, without secret keys. */
  home: string;
  publicKeys: string;
  secretKeys: string;
}

/** A folder with a packaged chart. */
async function chartFolder(): Promise<{ folder: string; archive: string } & AsyncDisposable> {
  const folder = await mkdtemp(join(tmpdir(), 'croft-prov-'));
  const archive = join(folder, 'shop-1.0.0.tgz');
  await writeFile(archive, makeChartPackage('shop', '1.0.0').archive);
  return { folder, archive, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
}

/** A new key pair, in two keyrings as gpg exports them. */
async function makeKeys(folder: string, userId: string, passphrase = ''): Promise<Keys> {
  const home = await mkdtemp(join(tmpdir(), 'croft-gpg-'));
  const env = { PATH: process.env.PATH, GNUPGHOME: home };
  // Without it the agent first measures for seconds how long a passphrase may be stretched.
  await writeFile(join(home, 'gpg-agent.conf'), 's2k-count 65536\n');
  const gpg = (...args: string[]) =>
    run('gpg', ['--batch', '--yes', '--pinentry-mode', 'loopback', '--passphrase-fd', '0', ...args], {
      timeoutMs,
      env,
      input: passphrase,
    });
  try {
    await gpg('--quick-gen-key', userId, 'ed25519', 'sign', 'never');
    const name = join(folder, userId.replace(/\W/g, ''));
    await gpg('--output', `${name}.pub`, '--export');
    await gpg('--output', `${name}.sec`, '--export-secret-keys');
    await mkdir(`${name}.home`);
    await copyFile(join(home, 'pubring.kbx'), join(`${name}.home`, 'pubring.kbx'));
    return { home: `${name}.home`, publicKeys: `${name}.pub`, secretKeys: `${name}.sec` };
  } finally {
    await run('gpgconf', ['--kill', 'gpg-agent'], { timeoutMs, env });
    await rm(home, { recursive: true, force: true });
  }
}

test('a chart that was signed is verified with the public key, and only as it was', async () => {
  await using chart = await chartFolder();
  const { archive, folder } = chart;
  const keys = await makeKeys(folder, 'Ann Example (charts) <ann@x.test>', 'pass phrase');
  const signer = { key: 'Ann', keyring: keys.secretKeys, passphrase: 'pass phrase' };
  await assert.rejects(signChart(archive, { ...signer, passphrase: 'wrong' }), /[Bb]ad passphrase/);
  await assert.rejects(signChart(archive, { ...signer, key: 'Bob' }), /private key not found/);
  await assert.rejects(signChart(archive, { ...signer, keyring: keys.publicKeys }), /private key not found/);
  await signChart(archive, signer);
  const { signedBy, fingerprint, digest } = await verifyChart(archive, keys.publicKeys);
  assert.deepEqual(signedBy, ['Ann Example (charts) <ann@x.test>']);
  assert.equal((await verifyChart(archive, join(keys.home, 'pubring.gpg'))).fingerprint, fingerprint);
  assert.match(fingerprint, /^[0-9A-F]{40}$/);
  assert.match(digest, /^sha256:[0-9a-f]{64}$/);

  const others = await makeKeys(folder, 'Bob <bob@x.test>');
  await assert.rejects(verifyChart(archive, others.publicKeys), /signature made by unknown entity \(key [0-9A-F]+/);
  await assert.rejects(
    verifyChart(archive, join(folder, 'none.gpg')),
    /failed to load keyring: open .*none\.gpg: no such file/,
  );

  await writeFile(archive, makeChartPackage('shop', '1.0.0', 'home: https://evil.test\n').archive);
  await assert.rejects(
    verifyChart(archive, keys.publicKeys),
    /sha256 sum does not match for shop-1\.0\.0\.tgz: "sha256:/,
  );
  const signed = await readFile(`${archive}.prov`, 'utf8');
  await writeFile(`${archive}.prov`, signed.replace('name: shop', 'name: ship'));
  await assert.rejects(verifyChart(archive, keys.publicKeys), /invalid signature/);
  await writeFile(`${archive}.prov`, 'files: {}\n');
  await assert.rejects(verifyChart(archive, keys.publicKeys), /signature block not found/);
  // Text around the signed message is not signed.
  await writeFile(`${archive}.prov`, `\n...\nfiles: {}\n${signed}`);
  await assert.rejects(verifyChart(archive, keys.publicKeys), /does not match/);
});

test('what cannot be verified at all is named', async () => {
  await using chart = await chartFolder();
  await assert.rejects(verifyChart(chart.folder, 'x'), /unpacked charts cannot be verified/);
  await assert.rejects(verifyChart(chart.archive, 'x'), /could not load provenance file .*shop-1\.0\.0\.tgz\.prov/);
});
