import { randomBytes, randomInt } from 'node:crypto';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLog } from '@croft/foundation/log';
import { buildImage } from '../engine/build-image.ts';
import { ensurePauseImage } from '../engine/pause-image.ts';
import { type Podman, startPodman } from '../engine/start-podman.ts';

/** A small image with a shell, made from the host's static busybox. */
export const busyboxImage = 'localhost/croft/busybox:1';

export interface TestPodman extends AsyncDisposable {
  podman: Podman;
  dir: string;
}

/** A real Podman in a folder of its own, with the images `pause` and `busybox`; nothing is left when it is disposed. */
export async function startTestPodman(): Promise<TestPodman> {
  const dir = await mkdtemp(join(tmpdir(), 'cn-'));
  const id = randomBytes(3).toString('hex');
  const subnet = `10.${randomInt(100, 200)}.${randomInt(0, 256)}.0/24`;
  const podman = await startPodman({
    dir,
    instanceId: `test-${id}`,
    network: { name: `croft-t${id}`, bridge: `crt${id}`, subnet },
    log: silentLog,
  });
  const stop = async () => {
    await podman.removeAll();
    podman[Symbol.dispose]();
    await rm(dir, { recursive: true, force: true });
  };
  try {
    await Promise.all([ensurePauseImage(podman), buildBusybox(podman, dir)]);
  } catch (error) {
    await stop();
    throw error;
  }
  return { podman, dir, [Symbol.asyncDispose]: stop };
}

async function buildBusybox(podman: Podman, dir: string): Promise<void> {
  const folder = join(dir, 'busybox');
  await mkdir(folder);
  await copyFile('/bin/busybox', join(folder, 'busybox'));
  await writeFile(
    join(folder, 'Containerfile'),
    `FROM scratch
COPY busybox /bin/busybox
RUN ["/bin/busybox","--install","-s","/bin"]
RUN mkdir -p /etc /tmp && chmod 1777 /tmp && echo 'app:x:1234:1234::/:/bin/sh' > /etc/passwd && echo 'app:x:1234:' > /etc/group
STOPSIGNAL SIGINT
CMD ["sleep","1000"]
`,
  );
  await buildImage({
    folder,
    name: busyboxImage,
    environment: podman.environment,
    logPath: join(dir, 'busybox.log'),
    timeoutMs: 60_000,
  });
}
