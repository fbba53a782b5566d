import { isIP } from 'node:net';
import type { Ingress } from '@croft/api/types';
import { type IngressWarnings, warn } from './warnings.ts';

/** What an Ingress asks for beyond hosts and paths, by the common annotations of ingress-nginx. */
export interface IngressSettings {
  redirectToTls: 'always' | 'with-tls' | 'never';
  /** `unsupported`: protection was asked for that cannot be given, so nobody is let in. */
  auth?: { secret: string; kind: 'file' | 'map'; realm: string } | 'unsupported';
  maxBodyBytes?: number;
  allowedSources?: string[];
  deniedSources?: string[];
  backendProtocol: 'http' | 'https' | 'h2c';
  useRegex: boolean;
  rewriteTarget?: string;
  appRoot?: string;
  upstreamHost?: string;
  /** The cookie that keeps a client at one backend. */
  stickyCookie?: string;
}

const prefix = 'nginx.ingress.kubernetes.io/';
/** Nothing is lost by ignoring these: the front door sets no such limits, buffers or headers, or works so anyway. */
const harmless =
  /^(affinity-mode|auth-secret-type|proxy-(connect|read|send|next-upstream)-?.*|proxy-(buffer|max-temp).*|proxy-request-buffering|proxy-http-version|client-body-buffer-size|client-header-timeout|service-upstream|session-cookie-(hash|path|max-age|expires|samesite|change-on-failure)|enable-access-log|websocket-services|http2-push-preload|ssl-(ciphers|prefer-server-ciphers)|limit-(burst-multiplier|whitelist))$/;
const backendProtocols: Record<string, IngressSettings['backendProtocol']> = {
  HTTP: 'http',
  HTTPS: 'https',
  AUTO_HTTP: 'http',
  GRPC: 'h2c',
  GRPCS: 'https',
};

type Reader = (settings: IngressSettings, value: string, refuse: (why: string) => void) => void;

const readers: Record<string, Reader> = {
  'ssl-redirect': (settings, value) => {
    if (value === 'false' && settings.redirectToTls !== 'always') settings.redirectToTls = 'never';
  },
  'force-ssl-redirect': (settings, value) => {
    if (value === 'true') settings.redirectToTls = 'always';
  },
  'proxy-body-size': (settings, value, refuse) => {
    const bytes = parseSize(value);
    if (bytes === undefined) refuse('is no size such as 8m');
    else if (bytes > 0) settings.maxBodyBytes = bytes;
  },
  'whitelist-source-range': (settings, value, refuse) => {
    settings.allowedSources = parseRanges(value, refuse);
  },
  'allowlist-source-range': (settings, value, refuse) => {
    settings.allowedSources = parseRanges(value, refuse);
  },
  'denylist-source-range': (settings, value, refuse) => {
    settings.deniedSources = parseRanges(value, refuse);
  },
  'backend-protocol': (settings, value, refuse) => {
    const protocol = backendProtocols[value.toUpperCase()];
    if (protocol === undefined) refuse('is not supported');
    else settings.backendProtocol = protocol;
  },
  'use-regex': (settings, value) => {
    settings.useRegex = value === 'true';
  },
  'rewrite-target': (settings, value, refuse) => {
    if (isPlain(value)) settings.rewriteTarget = value;
    else refuse('may not hold braces');
  },
  'app-root': (settings, value, refuse) => {
    if (isPlain(value) && value.startsWith('/')) settings.appRoot = value;
    else refuse('is no path');
  },
  'upstream-vhost': (settings, value, refuse) => {
    if (isPlain(value)) settings.upstreamHost = value;
    else refuse('may not hold braces');
  },
  affinity: (settings, value, refuse) => {
    if (value === 'cookie') settings.stickyCookie ??= 'INGRESSCOOKIE';
    else refuse('is not supported');
  },
  'session-cookie-name': (settings, value, refuse) => {
    if (/^[\w-]+$/.test(value)) settings.stickyCookie = value;
    else refuse('is no name of a cookie');
  },
  'auth-type': () => {},
  'auth-secret': () => {},
  'auth-realm': () => {},
};

/** Reads the annotations; those that change nothing here are told of as warnings. */
export function readSettings(ingress: Ingress, warnings: IngressWarnings): IngressSettings {
  const settings: IngressSettings = { redirectToTls: 'with-tls', backendProtocol: 'http', useRegex: false };
  const annotations = ingress.metadata?.annotations ?? {};
  for (const [key, value] of Object.entries(annotations)) {
    if (!key.startsWith(prefix)) continue;
    const name = key.slice(prefix.length);
    const read = readers[name];
    const refuse = (why: string) => warn(warnings, ingress, 'AnnotationIgnored', `${key}: ${value} ${why}`);
    if (read !== undefined) read(settings, value.trim(), refuse);
    else if (!harmless.test(name)) warn(warnings, ingress, 'AnnotationIgnored', `${key} is not supported`);
  }
  if (annotations[`${prefix}affinity`] !== 'cookie') delete settings.stickyCookie;
  const auth = readAuth(ingress, annotations, warnings);
  return auth === undefined ? settings : { ...settings, auth };
}

function readAuth(
  ingress: Ingress,
  annotations: Readonly<Record<string, string>>,
  warnings: IngressWarnings,
): IngressSettings['auth'] {
  const at = (name: string) => annotations[`${prefix}${name}`]?.trim();
  const outside = ['auth-url', 'auth-tls-secret'].find((name) => at(name) !== undefined);
  const type = at('auth-type');
  if (outside !== undefined || (type !== undefined && type !== 'basic')) {
    const what = outside ?? `auth-type ${type}`;
    warn(warnings, ingress, 'AuthenticationUnsupported', `${prefix}${what} is not supported, so all access is refused`);
    return 'unsupported';
  }
  if (type === undefined) return undefined;
  const name = at('auth-secret') ?? '';
  const secret = name.includes('/') ? name : `${ingress.metadata?.namespace}/${name}`;
  const realm = (at('auth-realm') ?? '').replaceAll(/["\\{}\r\n]/g, '');
  return { secret, kind: at('auth-secret-type') === 'auth-map' ? 'map' : 'file', realm: realm || 'restricted' };
}

/** `8m` and the like, in bytes; 0 is no limit. */
function parseSize(value: string): number | undefined {
  const [, digits, unit = ''] = /^(\d+)\s*([kmg]?)b?$/i.exec(value) ?? [];
  if (digits === undefined) return undefined;
  return Number(digits) * 1024 ** ['', 'k', 'm', 'g'].indexOf(unit.toLowerCase());
}

/** A list without a single good entry gives an empty list: then nobody is allowed, or denied. */
function parseRanges(value: string, refuse: (why: string) => void): string[] {
  const ranges = value.split(',').map((range) => range.trim());
  const good = ranges.filter((range) => {
    const [address = '', length] = range.split('/');
    const version = isIP(address);
    return (
      version > 0 && (length === undefined || (/^\d+$/.test(length) && Number(length) <= (version === 4 ? 32 : 128)))
    );
  });
  if (good.length < ranges.length) refuse('holds what is no address range; that part is ignored');
  return good;
}

/** Braces would be placeholders to the front door, which could show its environment. */
function isPlain(value: string): boolean {
  return !/[{}\r\n]/.test(value);
}
