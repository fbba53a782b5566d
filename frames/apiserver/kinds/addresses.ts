import { isIP } from 'node:net';
import { type FieldError, invalidField } from '@croft/api/field-error';

/** An IPv4 or IPv6 address (k8s.io/apimachinery util/validation IsValidIP). */
export function checkAddress(path: string, text: string): FieldError[] {
  if (/^\d{1,3}(\.\d{1,3}){3}$/.test(text) && /(^|\.)0\d/.test(text)) {
    return [invalidField(path, text, 'must not have leading 0s')];
  }
  if (/^::ffff:\d+\.\d+\.\d+\.\d+$/i.test(text)) {
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

/** A network such as `10.0.0.0/8`. */
export function checkNetwork(path: string, text: string): FieldError[] {
  const [address = '', bits = ''] = text.split('/');
  const family = isIP(address);
  const fits = family !== 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128);
  if (fits) return [];
  return [invalidField(path, text, 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)')];
}
