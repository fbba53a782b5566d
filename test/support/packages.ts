import { spawnSync } from 'node:child_process';

/** Debian's packages that the tests use beside those that Croft itself needs; by the program that tells they are there. */
const packages: Record<string, string> = {
  podman: 'podman',
  buildah: 'buildah',
  runc: 'runc',
  catatonit: 'catatonit',
  nft: 'nftables',
  iptables: 'iptables',
  ip: 'iproute2',
  caddy: 'caddy',
  git: 'git',
  'mkfs.ext2': 'e2fsprogs',
  mmdebstrap: 'mmdebstrap',
  busybox: 'busybox-static',
  kubectl: 'kubernetes-client',
  chromium: 'chromium',
  certutil: 'libnss3-tools',
  curl: 'curl',
  openssl: 'openssl',
  gpg: 'gnupg',
  sshd: 'openssh-server',
  'ssh-keygen': 'openssh-client',
  'docker-registry': 'docker-registry',
};

/** Installs what is missing. Throws when that cannot be done: no test is skipped for want of a program. */
export function installTestPackages(): void {
  const missing = Object.entries(packages)
    .filter(([program]) => spawnSync('sh', ['-c', `command -v ${program}`]).status !== 0)
    .map(([, name]) => name);
  if (missing.length === 0) return;
  console.log(`installing packages for the tests: ${missing.join(' ')}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  for (const args of [
    ['update', '-qq'],
    ['install', '-y', '-qq', '--no-install-recommends', 'netavark', 'aardvark-dns', ...missing],
  ]) {
    const { status, stderr } = spawnSync('apt-get', args, { env, encoding: 'utf8', timeout: 15 * 60_000 });
    if (status !== 0)
      throw new Error(`apt-get ${args.join(' ')} failed (root on Debian or Ubuntu is needed): ${stderr}`);
  }
}
