import type { CaddyJson } from './render-route.ts';
import type { LoadedCertificate } from './tls.ts';

export interface TlsOptions {
  /** The instance's own domain: it and all names one label below have a certificate from the start. */
  domain: string;
  /** The authority that signs certificates, which Caddy does by itself, renewal included. */
  authority: { fingerprint: string; certificatePath: string; keyPath: string };
}

/** Whose certificate is shown for which host. */
export function renderConnectionPolicies(certificates: readonly LoadedCertificate[], domain: string): CaddyJson[] {
  const loaded = certificates.map(({ tag, hosts }) => ({
    match: { sni: hosts },
    certificate_selection: { any_tag: [tag] },
  }));
  return [...loaded, { default_sni: domain }];
}

/** Certificates: those brought along, and those that the local authority signs for all other hosts. */
export function renderTls(
  hosts: readonly string[],
  certificates: readonly LoadedCertificate[],
  options: TlsOptions,
): CaddyJson {
  const { domain } = options;
  const wildcard = domain.includes('.') ? [`*.${domain}`] : [];
  const loaded = new Set(certificates.flatMap((certificate) => certificate.hosts));
  const covered = (host: string) =>
    wildcard.length > 0 && host.endsWith(`.${domain}`) && !host.slice(0, -domain.length - 1).includes('.');
  const signed = hosts.filter((host) => host !== '' && host !== domain && !loaded.has(host) && !covered(host));
  return {
    certificates: {
      automate: [domain, ...wildcard, ...signed],
      ...(certificates.length === 0
        ? {}
        : { load_pem: certificates.map(({ certificate, key, tag }) => ({ certificate, key, tags: [tag] })) }),
    },
    automation: { policies: [{ issuers: [{ module: 'internal', ca: authorityId(options) }] }] },
  };
}

export function renderPki(options: TlsOptions): CaddyJson {
  const { certificatePath, keyPath } = options.authority;
  const authority = {
    name: 'Croft',
    intermediate_common_name: 'Croft front door',
    install_trust: false,
    root: { certificate: certificatePath, private_key: keyPath, format: 'pem_file' },
  };
  return { certificate_authorities: { [authorityId(options)]: authority } };
}

/** Another authority has other certificates: what the old one signed is never mixed with it. */
function authorityId({ authority }: TlsOptions): string {
  return `croft-${authority.fingerprint.slice(0, 12)}`;
}
