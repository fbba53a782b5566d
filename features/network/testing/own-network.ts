import { type ChildProcess, spawn } from 'node:child_process';
import { test } from 'node:test';
import { run } from '@croft/foundation/process';

const variable = 'CROFT_TEST_IN_OWN_NETWORK';
const prepare = [
  'mount -t sysfs none /sys',
  'mkdir -p /run/netns',
  'mount -t tmpfs none /run/netns',
  'mount -t tmpfs none /mnt',
  'ip link set lo up',
  'exec "$0" "$@"',
].join(' && ');

/**
 * Runs the tests of a file in network, mount and process namespaces of their own: nothing they do touches the machine,
 * and processes and files too are gone when they end, however they end. Outside it registers one test that runs the file
 * again inside; inside it calls `register`.
 */
export function testInOwnNetwork(file: string, register: () => void): void {
  if (process.env[variable] === '1') return register();
  test('in a network of its own', { timeout: 240_000 }, async (t) => {
    const { NODE_TEST_CONTEXT: _, ...env } = process.env;
    const namespaces = [
      '--net',
      '--mount',
      '--propagation',
      'private',
      '--pid',
      '--fork',
      '--kill-child',
      '--mount-proc',
    ];
    const { stdout, exitCode } = await run(
      'unshare',
      [...namespaces, 'sh', '-c', prepare, process.execPath, '--test', '--test-reporter=spec', file],
      { timeoutMs: 240_000, env: { ...env, [variable]: '1', TMPDIR: '/mnt' }, okExitCodes: [0, 1], signal: t.signal },
    );
    if (exitCode === 0) return;
    throw new Error(stdout);
  });
}

/** A bridge as Podman makes one, with the first address of a /24 on it. */
export async function addBridge(name: string, address: string): Promise<void> {
  await ip('link', 'add', name, 'type', 'bridge');
  await ip('address', 'add', `${address}/24`, 'dev', name);
  await ip('link', 'set', name, 'up');
}

/** A network namespace on the bridge, as a Pod has one. */
export async function addPod(name: string, bridge: string, address: string, gateway: string): Promise<void> {
  await ip('netns', 'add', name);
  await ip('link', 'add', `veth-${name}`, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', name);
  await ip('link', 'set', `veth-${name}`, 'master', bridge, 'up');
  await ip('-n', name, 'address', 'add', `${address}/24`, 'dev', 'eth0');
  await ip('-n', name, 'link', 'set', 'eth0', 'up');
  await ip('-n', name, 'link', 'set', 'lo', 'up');
  await ip('-n', name, 'route', 'add', 'default', 'via', gateway);
}

/** A process inside the Pod; resolves when it has printed a line. */
export async function startInPod(pod: string, script: string): Promise<ChildProcess> {
  const child = spawn('ip', ['netns', 'exec', pod, process.execPath, '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise<void>((resolve, reject) => {
    child.stdout.once('data', () => resolve());
    child.once('exit', (code) => reject(new Error(`the process in ${pod} ended with ${code}`)));
  });
  return child;
}

async function ip(...args: string[]): Promise<void> {
  await run('ip', args, { timeoutMs: 10_000 });
}
