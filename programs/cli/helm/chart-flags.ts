import type { Flags, ParsedFlags } from './flags.ts';

/** Flags about how a server of charts is reached. */
export const accessFlags: Flags = {
  username: { type: 'text', value: 'NAME', help: 'user name for the repository or registry' },
  password: { type: 'text', value: 'TEXT', help: 'password for the repository or registry' },
  'cert-file': { type: 'text', value: 'FILE', help: 'certificate of the client' },
  'key-file': { type: 'text', value: 'FILE', help: 'key of the client' },
  'ca-file': { type: 'text', value: 'FILE', help: 'certificate authorities that are trusted' },
  'insecure-skip-tls-verify': { type: 'bool', help: "do not check the server's certificate" },
  'plain-http': { type: 'bool', help: 'HTTP instead of HTTPS for registries' },
};

/** Flags about where a chart comes from. */
export const chartFlags: Flags = {
  version: { type: 'text', value: 'RANGE', help: 'version, or range of versions; the newest when left out' },
  devel: { type: 'bool', help: "development versions, too: as --version '>0.0.0-0'" },
  repo: { type: 'text', value: 'URL', help: 'repository to find the chart in' },
  verify: { type: 'bool', help: 'verify the package before using it' },
  keyring: { type: 'text', value: 'FILE', help: 'public keys for verification (~/.gnupg/pubring.gpg)' },
  'pass-credentials': { type: 'bool', help: 'send credentials to all hosts' },
  ...accessFlags,
};

/** The version that is asked for; '' for the newest that is no prerelease. */
export function chartRange(flags: ParsedFlags): string {
  const version = flags.text('version').trim();
  return version === '' && flags.has('devel') ? '>0.0.0-0' : version;
}
