import { X509Certificate } from 'node:crypto';
import type { Ingress, Secret } from '@croft/api/types';
import { isKeyPair } from '../certificates/key-pair.ts';
import { decodeText } from './basic-auth.ts';
import { type IngressWarnings, warn } from './warnings.ts';

/** `namespace/name` to the Secret, if there is one. */
export type FindSecret = (namespace: string, name: string) => Secret | undefined;

/** A certificate that somebody else made, for these hosts. */
export interface LoadedCertificate {
  /** Unlike that of any other certificate, in the front door's configuration. */
  tag: string;
  certificate: string;
  key: string;
  hosts: string[];
}

/** Whether the Ingress asks for TLS on the host. */
export function hasTls(ingress: Ingress, host: string): boolean {
  return (ingress.spec?.tls ?? []).some(({ hosts }) => !hosts?.length || hosts.includes(host));
}

/**
 * The certificates that Ingresses bring in Secrets. A Secret that is missing, broken or made for other hosts is told of,
 * and the local authority's certificate serves instead.
 */
export function collectCertificates(
  ingresses: readonly Ingress[],
  findSecret: FindSecret,
  warnings: IngressWarnings,
): LoadedCertificate[] {
  const found = new Map<string, LoadedCertificate>();
  const served = new Set<string>();
  for (const ingress of ingresses) {
    for (const { hosts, secretName } of ingress.spec?.tls ?? []) {
      if (secretName === undefined || secretName === '') continue;
      const tag = `${ingress.metadata?.namespace}/${secretName}`;
      const secret = findSecret(ingress.metadata?.namespace ?? '', secretName);
      const named = hosts?.length ? hosts : (ingress.spec?.rules ?? []).flatMap(({ host }) => host ?? []);
      const certificate = decodeText(secret?.data?.['tls.crt'] ?? '');
      const key = decodeText(secret?.data?.['tls.key'] ?? '');
      const problem = findProblem(secret, certificate, key);
      if (problem !== undefined) {
        warn(warnings, ingress, 'CertificateReplaced', `Secret ${tag} ${problem}: the local authority's is used`);
        continue;
      }
      const entry = found.get(tag) ?? { tag, certificate, key, hosts: [] };
      found.set(tag, entry);
      for (const host of named.map((name) => name.toLowerCase())) {
        if (served.has(host)) continue;
        if (!covers(certificate, host)) {
          warn(
            warnings,
            ingress,
            'CertificateReplaced',
            `Secret ${tag} is not for ${host}: the local authority's is used`,
          );
          continue;
        }
        served.add(host);
        entry.hosts.push(host);
      }
    }
  }
  return [...found.values()].filter(({ hosts }) => hosts.length > 0);
}

function findProblem(secret: Secret | undefined, certificate: string, key: string): string | undefined {
  if (secret === undefined) return 'does not exist';
  return isKeyPair(certificate, key) ? undefined : 'holds no certificate and key that belong together';
}

function covers(certificate: string, host: string): boolean {
  const parsed = new X509Certificate(certificate);
  if (!host.startsWith('*.')) return parsed.checkHost(host) !== undefined;
  return (parsed.subjectAltName ?? '').toLowerCase().split(', ').includes(`dns:${host}`);
}
