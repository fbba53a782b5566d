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

const component = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*';
const host = '(?:[a-zA-Z0-9.-]+|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?';
const reference = new RegExp(
  `^(?:${host}/)?${component}(?:/${component})*(?::[\\w][\\w.-]{0,127})?(?:@[A-Za-z][A-Za-z0-9]*:[0-9a-fA-F]{32,})?$`,
);

/** Why the text names no image, by the grammar of distribution's references; undefined when it does. In the kubelet's words. */
export function findImageNameProblem(image: string): string | undefined {
  if (reference.test(normalizeImage(image))) return undefined;
  return `Failed to apply default image tag "${image}": couldn't parse image name "${image}": invalid reference format`;
}
