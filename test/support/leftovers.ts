import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** What a test could leave on the machine, one line a thing. */
export type HostState = ReadonlySet<string>;

function lines(command: string, args: string[]): string[] {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8', timeout: 30_000 });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${error?.message ?? stderr}`);
  return stdout.split('\n').filter((line) => line !== '');
}

/** Network links, addresses, nftables, mounts, programs that Croft starts, address claims, temporary folders. */
export function readHostState(): HostState {
  const links = (JSON.parse(lines('ip', ['-j', 'link']).join('') || '[]') as { ifname: string }[]).map(
    ({ ifname }) => `link ${ifname}`,
  );
  const addresses = lines('ip', ['-o', 'addr', 'show', 'dev', 'lo']).map((line) => `address ${line.split(/\s+/)[3]}`);
  const tables = lines('nft', ['list', 'tables']).map((line) => `nftables ${line}`);
  const mounts = readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .filter((line) => /croft|\/containers\//.test(line))
    .map((line) => `mount ${line.split(' ')[1]}`);
  return new Set([
    ...links,
    ...addresses,
    ...tables,
    ...mounts,
    ...readProcesses(),
    ...readFolder('/var/lib/croft-networks'),
    ...readFolder('/tmp').filter((name) => name.includes('croft-')),
  ]);
}

const programs = /(^|\/)(podman|conmon|caddy|catatonit|git-daemon)\b|programs\/cli\/main\.ts|dns\/server/;

function readProcesses(): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
        return programs.test(command) ? [`process ${pid} ${command.slice(0, 150)}`] : [];
      } catch {
        return []; // it ended meanwhile
      }
    });
}

function readFolder(path: string): string[] {
  try {
    return readdirSync(path).map((name) => `file ${path}/${name}`);
  } catch {
    return []; // no such folder: nothing in it
  }
}

/** What is there now and was not before. */
export function findLeftovers(before: HostState, after: HostState): string[] {
  return [...after].filter((thing) => !before.has(thing)).sort();
}
