import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { after, before, test } from 'node:test';
import { systemClock } from '@croft/foundation/clock';
import { startTestNode, type TestNode } from '../testing/test-node.ts';
import { busyboxImage } from '../testing/test-podman.ts';
import { listLogFiles } from './log-files.ts';
import { rotateLog } from './rotate-log.ts';

const fileBytes = 20_000;
const lineCount = 3000;

let node: TestNode;
before(async () => {
  node = await startTestNode({ logLimits: { fileBytes, mostFiles: 100, periodMs: 20 } });
});
after(async () => {
  await node[Symbol.asyncDispose]();
});

const lines = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => `${from + i}\n`).join('');

test('a large log is parted into files, and read as one', async () => {
  const script = `i=0; while [ $i -lt ${lineCount} ]; do i=$((i+1)); echo $i; done; exec sleep 1000`;
  await node.createPod('talks', {
    containers: [{ name: 'main', image: busyboxImage, command: ['sh', '-c', script] }],
  });
  const pod = await node.waitForPod('talks', ({ status }) => status?.phase === 'Running');
  const following = await followLog('talks', `${lineCount}\n`);
  assert.equal(following, lines(1, lineCount));
  const folder = join(node.instance.dir, 'logs', `default_talks_${pod.metadata.uid}`, 'main');
  await waitFor(async () => ((await listLogFiles(join(folder, '0.log'))).at(-1)?.sizeBytes ?? 0) < fileBytes);
  assert.ok((await readdir(folder)).length > 1);
  assert.equal(await node.readLog('talks'), lines(1, lineCount));
  assert.equal(await node.readLog('talks', '?tailLines=2000'), lines(lineCount - 1999, lineCount));
});

test('the oldest files go', async () => {
  await node.createPod('quiet', {
    containers: [{ name: 'main', image: busyboxImage, command: ['sh', '-c', 'echo begun; exec sleep 1000'] }],
  });
  const pod = await node.waitForPod('quiet', ({ status }) => status?.phase === 'Running');
  const log = join(node.instance.dir, 'logs', `default_quiet_${pod.metadata.uid}`, 'main', '0.log');
  const { engine } = node.instance.podman;
  const containerId = pod.status?.containerStatuses?.[0]?.containerID?.slice('podman://'.length) ?? '';
  for (const second of [1, 2, 3, 4]) {
    await rotateLog(log, { engine, containerId, mostFiles: 3, nowMs: second * 1000 });
    await waitFor(async () => (await listLogFiles(log)).at(-1)?.path === log);
  }
  assert.deepEqual(
    (await listLogFiles(log)).map(({ path }) => basename(path)),
    ['0.log.19700101-000003000', '0.log.19700101-000004000', '0.log'],
  );
});

/** What a follower reads until it has read `end`. */
async function followLog(name: string, end: string): Promise<string> {
  const url = `https://kubernetes.default.svc/api/v1/namespaces/default/pods/${name}/log?follow=true`;
  const { body } = await node.client.fetch(new Request(url));
  let text = '';
  for await (const part of body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += part;
    if (text.endsWith(end)) break;
  }
  return text;
}

async function waitFor(holds: () => Promise<boolean>): Promise<void> {
  const signal = AbortSignal.timeout(30_000);
  while (!(await holds())) await systemClock.wait(20, signal);
}
