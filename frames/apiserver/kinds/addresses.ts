import { isIP } from 'node:net';
import { type FieldError, invalidField } from '@croft/api/field-error';

/** An IPv4 or IPv6 address (k8s.io/apimachinery util/validation IsValidIP). */
export function checkAddress(path: string, text: string): FieldError[] {
  if (isIP(text) === 0 && isIP(withoutZeros(text)) !== 0) {
    return [invalidField(path, text, 'must not have leading 0s')];
  }
  if (isMapped(text)) {
    return [invalidField(path, text, 'must not be an IPv4-mapped IPv6 address')];
  }
  if (isIP(text) !== 0 && !text.includes('%')) return [];
  return [invalidField(path, text, 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)')];
}

/** An address that others can reach: not of the host itself, nor of its link. */
export function checkReachableAddress(path: string, address: string): FieldError[] {
  const refuse = (rule: string) => [invalidField(path, address, rule)];
  if (address === '0.0.0.0' || address === '::') return refuse(`may not be unspecified (${address})`);
  if (/^127\./.test(address) || address === '::1')
    return refuse('may not be in the loopback range (127.0.0.0/8, ::1/128)');
  if (/^169\.254\./.test(address) || /^fe[89ab]/i.test(address)) {
    return refuse('may not be in the link-local range (169.254.0.0/16, fe80::/10)');
  }
  if (/^224\.0\.0\./.test(address) || /^ff02:/i.test(address)) {
    return refuse('may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)');
  }
  return [];
}

/** A network such as `10.0.0.0/8` (IsValidCIDRForLegacyField, strict as since Kubernetes 1.36). */
export function checkNetwork(path: string, text: string): FieldError[] {
  const [address = '', bits = ''] = text.split('/');
  const refuse = (rule: string) => [invalidField(path, text, rule)];
  const family = isIP(withoutZeros(address));
  const fits = family !== 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128);
  if (!fits || address.includes('%')) {
    return refuse('must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)');
  }
  if (isIP(address) === 0 || /^0\d/.test(bits)) return refuse('must not have leading 0s in IP or prefix length');
  if (isMapped(address)) return refuse('must not have an IPv4-mapped IPv6 address');
  const network = networkOf(text);
  const exact = network !== undefined && network.start === bitsOf(address);
  return exact ? [] : refuse('must not have bits set beyond the prefix length');
}

interface Network {
  readonly family: number;
  readonly start: bigint;
  readonly size: number;
}

/** The first address of a network as a number; undefined when the text is none. */
function networkOf(text: string): Network | undefined {
  const [address = '', bits = ''] = text.split('/');
  const family = isIP(address);
  if (family === 0 || !/^\d{1,3}$/.test(bits)) return undefined;
  const free = BigInt((family === 4 ? 32 : 128) - Number(bits));
  if (free < 0n) return undefined;
  return { family, start: (bitsOf(address) >> free) << free, size: Number(bits) };
}

/** Whether the second network is a part of the first, and not all of it. */
export function containsNetwork(outer: string, inner: string): boolean | undefined {
  const [around, part] = [networkOf(outer), networkOf(inner)];
  if (around === undefined || part === undefined) return undefined;
  if (around.family !== part.family || part.size <= around.size) return false;
  const free = BigInt((around.family === 4 ? 32 : 128) - around.size);
  return part.start >> free === around.start >> free;
}

function bitsOf(address: string): bigint {
  if (isIP(address) === 4) return address.split('.').reduce((sum, part) => sum * 256n + BigInt(part), 0n);
  const [head = '', tail] = canonicalIPv6(address).split('::');
  const groups = (part: string) => (part === '' ? [] : part.split(':'));
  const [left, right] = [groups(head), groups(tail ?? '')];
  const middle = Array.from({ length: 8 - left.length - right.length }, () => '0');
  return [...left, ...middle, ...right].reduce((sum, part) => sum * 65_536n + BigInt(`0x${part}`), 0n);
}

/** As RFC 5952 writes it. */
const canonicalIPv6 = (address: string) => new URL(`http://[${address}]`).hostname.slice(1, -1);

const withoutZeros = (address: string) =>
  /^\d+(\.\d+){3}$/.test(address) ? address.replace(/(^|\.)0+(?=\d)/g, '$1') : address;

const isMapped = (address: string) => /^::ffff:\d+\.\d+\.\d+\.\d+$/i.test(address);

/** Addresses and networks that are understood, but could be written better. */
export function addressWarnings(path: string, address: string): string[] {
  if (isIP(address) !== 6 || canonicalIPv6(address) === address) return [];
  const better = JSON.stringify(canonicalIPv6(address));
  return [`${path}: IPv6 address ${JSON.stringify(address)} should be in RFC 5952 canonical format (${better})`];
}

export function networkWarnings(path: string, network: string): string[] {
  const [address = '', bits = ''] = network.split('/');
  if (isIP(address) !== 6 || canonicalIPv6(address) === address) return [];
  const better = JSON.stringify(`${canonicalIPv6(address)}/${bits}`);
  return [`${path}: IPv6 CIDR value ${JSON.stringify(network)} should be in RFC 5952 canonical format (${better})`];
}
