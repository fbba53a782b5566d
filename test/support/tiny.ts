import { request } from 'node:http';
import { join } from 'node:path';
import { readContainers } from './containers.ts';
import type { TestInstance } from './instance.ts';

/** What `croft status -o json` prints. */
export interface PrintedStatus {
  ready: boolean;
  message: string;
  applications: {
    name: string;
    namespace: string;
    version: string;
    ready: boolean;
    url: string;
    message: string;
  }[];
}

/** The status as programs read it, also when not all is ready. */
export async function readPrintedStatus(instance: TestInstance): Promise<PrintedStatus> {
  const { stdout, stderr } = await instance.attempt('status', '-o', 'json');
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout) as PrintedStatus;
}

const chart = 'charts/tiny/Chart.yaml';

/** The files of a push that makes the small application another version, with other default values when given. */
export async function tinyVersion(
  instance: TestInstance,
  version: number,
  values: Record<string, string> = {},
): Promise<Record<string, string>> {
  const before = await instance.readPushed(chart);
  const files: Record<string, string> = {
    [chart]: before
      .replace(/^version: .*$/m, `version: 1.0.${version}`)
      .replace(/^appVersion: .*$/m, `appVersion: "${version}"`),
  };
  if (Object.keys(values).length === 0) return files;
  const name = 'charts/tiny/values.yaml';
  let text = await instance.readPushed(name);
  for (const [key, value] of Object.entries(values))
    text = text.replace(new RegExp(`^${key}: .*$`, 'm'), `${key}: ${value}`);
  return { ...files, [name]: text };
}

/** The containers of the small application. */
export async function tinyContainers(instance: TestInstance): Promise<string[]> {
  return await readContainers(instance, 'app=tiny');
}

/** How often the small application was started on its volume, as it counts itself. */
export async function countStarts(instance: TestInstance): Promise<number> {
  const { status, body } = await instance.ask(`tiny.${instance.domain}`, '/data/starts');
  if (status !== 200) throw new Error(`/data/starts: ${status} ${body}`);
  return body.trim().split('\n').length;
}

/** Ends a container's program by force, as the kernel does when memory runs out. `container` is as `readContainers` names it. */
export async function killContainer({ dataDir }: TestInstance, container: string): Promise<void> {
  const id = /[0-9a-f]{64}/.exec(container)?.[0];
  const socketPath = join(dataDir, 'run', 'podman', 'podman.sock');
  const status = await new Promise<number | undefined>((resolve, reject) => {
    const path = `/v4.0.0/libpod/containers/${id}/kill?signal=KILL`;
    const outgoing = request({ socketPath, method: 'POST', path }, (incoming) => {
      incoming.resume().on('end', () => resolve(incoming.statusCode));
    });
    outgoing.on('error', reject);
    outgoing.end();
  });
  if (status !== 204) throw new Error(`the engine answered ${status} when container ${id} was to be killed`);
}
