import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '@croft/foundation/process';
import type { TestInstance } from '../support/instance.ts';

const note = `apiVersion: v1
kind: ConfigMap
metadata: {name: note, namespace: apps}
data: {text: first}
`;

/** What an administrator does with kubectl on an instance that runs WordPress. */
export async function useKubectl(instance: TestInstance): Promise<void> {
  const { kubectl } = instance;
  const pods = await kubectl('get', 'pods', '-n', 'apps', '-l', 'app.kubernetes.io/name=wordpress');
  assert.match(pods, /^NAME +READY +STATUS +RESTARTS +AGE\nwordpress-\S+ +1\/1 +Running +0 +\S+\n$/);
  const description = await kubectl('describe', 'deployment', '-n', 'apps', 'wordpress');
  assert.match(description, /Image: +localhost\/croft\/wordpress:/);
  assert.match(description, /1 desired \| 1 updated \| 1 total \| 1 available/);
  assert.match(await kubectl('describe', 'pods', '-n', 'apps'), /Node: +\S+.*Conditions:/s);
  assert.match(await kubectl('get', 'helmreleases', '-n', 'apps'), /wordpress +\S+ +True/);
  assert.match(await kubectl('logs', '-n', 'apps', 'deployment/wordpress', '--tail=50'), /GET \/wp-login\.php/);
  await writeNote(instance);
}

async function writeNote(instance: TestInstance): Promise<void> {
  const { kubectl, dataDir } = instance;
  const folder = await mkdtemp(join(tmpdir(), 'croft-story-'));
  const text = () => kubectl('get', 'configmap', 'note', '-n', 'apps', '-o', 'jsonpath={.data.text}');
  try {
    const file = join(folder, 'note.yaml');
    await writeFile(file, note);
    assert.match(await kubectl('apply', '-f', file), /configmap\/note created/);
    assert.match(await kubectl('apply', '-f', file), /configmap\/note unchanged/);
    await writeFile(file, note.replace('first', 'second'));
    assert.match(await kubectl('apply', '-f', file), /configmap\/note configured/);
    assert.equal(await text(), 'second');
    const edit = ['--kubeconfig', join(dataDir, 'kubeconfig'), 'edit', 'configmap', 'note', '-n', 'apps'];
    const env = { ...process.env, HOME: folder, KUBE_EDITOR: 'sed -i s/second/third/' };
    const { stdout } = await run('kubectl', edit, { env, timeoutMs: 60_000 });
    assert.match(stdout, /configmap\/note edited/);
    assert.equal(await text(), 'third');
    assert.match(await kubectl('delete', '-f', file), /configmap "note" deleted/);
    await assert.rejects(text(), /configmaps "note" not found/);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
