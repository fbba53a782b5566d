import type { KeyAndCertificate } from '@croft/foundation/certificates';
import type { CaddyJson } from './render-route.ts';
import type { LoadedCertificate } from './tls.ts';

/** Whose certificate is shown for which host: the one brought along, else the one that the local authority signed. */
export function renderConnectionPolicies(certificates: readonly LoadedCertificate[], domain: string): CaddyJson[] {
  const loaded = certificates.map(({ tag, hosts }) => ({
    match: { sni: hosts },
    certificate_selection: { any_tag: [tag] },
  }));
  return [...loaded, { default_sni: domain }];
}

export function renderCertificates(
  certificates: readonly LoadedCertificate[],
  signed: readonly KeyAndCertificate[],
): CaddyJson {
  const brought = certificates.map(({ certificate, key, tag }) => ({ certificate, key, tags: [tag] }));
  return { load_pem: [...brought, ...signed] };
}
