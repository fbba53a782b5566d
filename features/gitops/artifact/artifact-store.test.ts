import assert from 'node:assert/strict';
import { access, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { systemClock } from '@croft/foundation/clock';
import { silentLog } from '@croft/foundation/log';
import { startArtifactServer } from './artifact-server.ts';
import { createArtifactStore } from './artifact-store.ts';

const name = 'gitrepository/apps/web';

async function makeRoot(t: TestContext): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'croft-artifacts-'));
  t.after(() => rm(root, { recursive: true, force: true }));
  return root;
}

test('a folder becomes a tarball from which another process unpacks the same files', async (t) => {
  const root = await makeRoot(t);
  const store = createArtifactStore(root, systemClock);
  await using scratch = await store.openScratch();
  const folder = join(scratch.folder, 'files');
  await mkdir(join(folder, 'bin'), { recursive: true });
  await writeFile(join(folder, 'bin', 'run.sh'), '#!/bin/sh\n', { mode: 0o755 });
  await writeFile(join(folder, 'left-out.md'), '');
  const artifact = await store.keepFolder(name, 'main@sha1:1', folder, (path) => path.at(-1) === 'left-out.md');
  await rm(join(root, artifact.path.replace('.tar.gz', '')), { recursive: true });
  const again = await createArtifactStore(root, systemClock).open(artifact);
  assert.deepEqual(await readdir(again, { recursive: true }), ['bin', 'bin/run.sh']);
  assert.equal((await stat(join(again, 'bin', 'run.sh'))).mode & 0o777, 0o755);
});

test('an artifact that was changed on disk is not opened, nor one whose path leads elsewhere', async (t) => {
  const root = await makeRoot(t);
  const kept = await createArtifactStore(root, systemClock).keepBytes(name, '1.0.0', Buffer.from('good'), '.tgz');
  await writeFile(join(root, kept.path), 'evil');
  const store = createArtifactStore(root, systemClock);
  assert.equal(await store.isKept(kept), false);
  await assert.rejects(store.openFile(kept), /has digest sha256:[0-9a-f]{64}, not sha256:/);
  await assert.rejects(store.openFile({ ...kept, path: '../../etc/passwd' }), /is no path here/);
});

test('what a killed process left half done is removed by the next', async (t) => {
  const root = await makeRoot(t);
  const left = await createArtifactStore(root, systemClock).openScratch();
  await using _scratch = await createArtifactStore(root, systemClock).openScratch();
  await assert.rejects(access(left.folder), /ENOENT/);
});

test('artifacts alone are served, at the same address after a restart', async (t) => {
  const root = await makeRoot(t);
  await writeFile(join(root, 'secret'), 'no');
  const first = startArtifactServer(root, silentLog);
  const kept = await createArtifactStore(root, systemClock, first.origin).keepBytes(
    name,
    '1',
    Buffer.from('x'),
    '.tgz',
  );
  const answer = await fetch(kept.url, { method: 'HEAD' });
  assert.deepEqual([answer.status, answer.headers.get('content-length')], [200, '1']);
  const origin = await first.origin();
  for (const path of ['/secret', '/port', '/gitrepository/apps/web/..%2f..%2f..%2fsecret', '/'])
    assert.equal((await fetch(`${origin}${path}`)).status, 404, path);
  assert.equal((await fetch(kept.url, { method: 'DELETE' })).status, 405);
  await first[Symbol.asyncDispose]();
  await using second = startArtifactServer(root, silentLog);
  assert.equal(await second.origin(), origin);
  assert.equal(await readFile(join(root, 'port'), 'utf8'), `${new URL(origin).port}\n`);
  assert.equal(await (await fetch(kept.url)).text(), 'x');
});
