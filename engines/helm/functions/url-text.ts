import { decodeBytes, encodeString } from '@croft/gotemplate/bytes';
import { quoteString } from '@croft/gotemplate/fmt/quote';

/** net/url of Go: parsing is its own, neither that of browsers nor of RFC 3986. */
export interface Url {
  scheme: string;
  opaque: string;
  /** Name and password, decoded; undefined without `@`. */
  user: { name: string; password: string | undefined } | undefined;
  host: string;
  path: string;
  rawPath: string;
  query: string;
  forceQuery: boolean;
  fragment: string;
  rawFragment: string;
}

type Mode = 'path' | 'user' | 'host' | 'zone' | 'fragment';

/** Throws `parse "URL": PROBLEM`. */
export function parseUrl(text: string): Url {
  try {
    const hash = text.indexOf('#');
    const url = parseWithoutFragment(hash < 0 ? text : text.slice(0, hash));
    if (hash < 0) return url;
    const raw = text.slice(hash + 1);
    const fragment = unescapeText(raw, 'fragment');
    return { ...url, fragment, rawFragment: escapeText(fragment, 'fragment') === raw ? '' : raw };
  } catch (error) {
    throw new Error(`parse ${quoteString(text)}: ${(error as Error).message}`);
  }
}

function parseWithoutFragment(text: string): Url {
  if (/[\0-\x1f\x7f]/.test(text)) throw new Error('net/url: invalid control character in URL');
  const url: Url = {
    scheme: '',
    opaque: '',
    user: undefined,
    host: '',
    path: '',
    rawPath: '',
    query: '',
    forceQuery: false,
    fragment: '',
    rawFragment: '',
  };
  if (text === '*') return { ...url, path: '*' };
  let rest = takeScheme(text, url);
  if (rest.endsWith('?') && rest.indexOf('?') === rest.length - 1) {
    url.forceQuery = true;
    rest = rest.slice(0, -1);
  } else if (rest.includes('?')) {
    url.query = rest.slice(rest.indexOf('?') + 1);
    rest = rest.slice(0, rest.indexOf('?'));
  }
  if (!rest.startsWith('/')) {
    if (url.scheme !== '') return { ...url, opaque: rest };
    if ((rest.split('/', 1)[0] ?? '').includes(':')) throw new Error('first path segment in URL cannot contain colon');
  }
  if ((url.scheme !== '' || !rest.startsWith('///')) && rest.startsWith('//')) {
    const end = rest.indexOf('/', 2);
    takeAuthority(end < 0 ? rest.slice(2) : rest.slice(2, end), url);
    rest = end < 0 ? '' : rest.slice(end);
  }
  url.path = unescapeText(rest, 'path');
  url.rawPath = escapeText(url.path, 'path') === rest ? '' : rest;
  return url;
}

function takeScheme(text: string, url: Url): string {
  const match = /^[A-Za-z][A-Za-z0-9+.-]*:/.exec(text);
  if (text.startsWith(':')) throw new Error('missing protocol scheme');
  if (match === null) return text;
  url.scheme = match[0].slice(0, -1).toLowerCase();
  return text.slice(match[0].length);
}

function takeAuthority(authority: string, url: Url): void {
  const at = authority.lastIndexOf('@');
  url.host = parseHost(authority.slice(at + 1));
  if (at < 0) return;
  const info = authority.slice(0, at);
  if (!/^[A-Za-z0-9\-._:~!$&'()*+,;=%@]*$/.test(info)) throw new Error('net/url: invalid userinfo');
  const colon = info.indexOf(':');
  url.user = {
    name: unescapeText(colon < 0 ? info : info.slice(0, colon), 'user'),
    password: colon < 0 ? undefined : unescapeText(info.slice(colon + 1), 'user'),
  };
}

function parseHost(host: string): string {
  if (host.startsWith('[')) {
    const end = host.lastIndexOf(']');
    if (end < 0) throw new Error("missing ']' in host");
    const port = host.slice(end + 1);
    if (!/^(:[0-9]*)?$/.test(port)) throw new Error(`invalid port ${quoteString(port)} after host`);
    const zone = host.slice(0, end).indexOf('%25');
    if (zone >= 0) {
      return unescapeText(host.slice(0, zone), 'host') + unescapeText(host.slice(zone, end), 'zone') + host.slice(end);
    }
  } else if (host.includes(':')) {
    const port = host.slice(host.lastIndexOf(':'));
    if (!/^:[0-9]*$/.test(port)) throw new Error(`invalid port ${quoteString(port)} after host`);
  }
  return unescapeText(host, 'host');
}

/** The host without its port and brackets. */
export function hostName(host: string): string {
  const name = /:[0-9]*$/.test(host) && !host.endsWith(']') ? host.slice(0, host.lastIndexOf(':')) : host;
  return name.startsWith('[') && name.endsWith(']') ? name.slice(1, -1) : name;
}

function unescapeText(text: string, mode: Mode): string {
  const bad = /%(?![0-9a-fA-F]{2})/.exec(text);
  if (bad !== null) throw new Error(`invalid URL escape ${quoteString(text.slice(bad.index, bad.index + 3))}`);
  if (mode === 'host' || mode === 'zone') checkHost(text, mode);
  if (!text.includes('%')) return text;
  const bytes: number[] = [];
  const source = encodeString(text);
  for (let i = 0; i < source.length; i++) {
    const byte = source[i] ?? 0;
    if (byte !== 0x25) bytes.push(byte);
    else {
      bytes.push(Number.parseInt(String.fromCharCode(source[i + 1] ?? 0, source[i + 2] ?? 0), 16));
      i += 2;
    }
  }
  return decodeBytes(Uint8Array.from(bytes));
}

function checkHost(text: string, mode: Mode): void {
  const low = /%[0-7][0-9a-fA-F]/g;
  for (const [octet] of text.matchAll(low)) {
    if (mode === 'host' && octet !== '%25') throw new Error(`invalid URL escape ${quoteString(octet)}`);
  }
  const bad = /[^A-Za-z0-9\-_.~!$&'()*+,;=:[\]<>"%\x80-\u{10ffff}]/u.exec(text);
  if (bad !== null) throw new Error(`invalid character ${quoteString(bad[0])} in host name`);
}

const keep: Readonly<Record<Mode, RegExp>> = {
  path: /[A-Za-z0-9\-_.~$&+,/:;=@]/,
  user: /[A-Za-z0-9\-_.~$&+,;=]/,
  host: /[A-Za-z0-9\-_.~!$&'()*+,;=:[\]<>"]/,
  zone: /[A-Za-z0-9\-_.~!$&'()*+,;=:[\]<>"]/,
  fragment: /[A-Za-z0-9\-_.~$&+,/:;=?@!()*]/,
};

export function escapeText(text: string, mode: Mode): string {
  let out = '';
  for (const byte of encodeString(text)) {
    const char = String.fromCharCode(byte);
    if (byte < 0x80 && keep[mode].test(char)) out += char;
    else if (byte >= 0x80 && mode === 'host') out += `%${byte.toString(16).toUpperCase()}`;
    else out += `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return out;
}

function isValidEncoding(text: string): boolean {
  return /^(?:[A-Za-z0-9\-_.~!$&'()*+,;=:@[\]/%]|[^\0-\x7f])*$/.test(text);
}

/** The path as it was written, where that says the same. */
function escapedPath(url: Url): string {
  if (url.rawPath !== '' && isValidEncoding(url.rawPath) && unescapeText(url.rawPath, 'path') === url.path)
    return url.rawPath;
  return url.path === '*' ? '*' : escapeText(url.path, 'path');
}

export function formatUser(user: NonNullable<Url['user']>): string {
  const name = escapeText(user.name, 'user');
  return user.password === undefined ? name : `${name}:${escapeText(user.password, 'user')}`;
}

/** URL.String(). */
export function formatUrl(url: Url): string {
  let out = url.scheme === '' ? '' : `${url.scheme}:`;
  if (url.opaque !== '') {
    out += url.opaque;
  } else {
    if (url.scheme !== '' || url.host !== '' || url.user !== undefined) {
      if (url.host !== '' || url.path !== '' || url.user !== undefined) out += '//';
      if (url.user !== undefined) out += `${formatUser(url.user)}@`;
      if (url.host !== '') out += escapeText(url.host, 'host');
    }
    const path = escapedPath(url);
    if (path !== '' && !path.startsWith('/') && url.host !== '') out += '/';
    if (out === '' && (path.split('/', 1)[0] ?? '').includes(':')) out += './';
    out += path;
  }
  if (url.forceQuery || url.query !== '') out += `?${url.query}`;
  if (url.fragment !== '') out += `#${escapeText(url.fragment, 'fragment')}`;
  return out;
}
