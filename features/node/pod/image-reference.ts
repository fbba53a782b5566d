import type { Container } from '@croft/api/types';

/** The full name of an image: `nginx` is `docker.io/library/nginx:latest`. */
export function normalizeImage(reference: string): string {
  const slash = reference.indexOf('/');
  const first = slash < 0 ? '' : reference.slice(0, slash);
  const hasHost = first.includes('.') || first.includes(':') || first === 'localhost';
  const named = hasHost ? reference : `docker.io/${slash < 0 ? 'library/' : ''}${reference}`;
  const lastPart = named.slice(named.lastIndexOf('/'));
  return lastPart.includes(':') || named.includes('@') ? named : `${named}:latest`;
}

/** IfNotPresent unless said otherwise; Always for the tag `latest`. Images built on this machine are never pulled. */
export function pullPolicyOf(container: Container): 'Always' | 'IfNotPresent' | 'Never' {
  const image = normalizeImage(container.image ?? '');
  const policy = container.imagePullPolicy ?? (image.endsWith(':latest') ? 'Always' : 'IfNotPresent');
  if (policy === 'Always') return image.startsWith('localhost/') ? 'IfNotPresent' : 'Always';
  return policy === 'Never' ? 'Never' : 'IfNotPresent';
}
