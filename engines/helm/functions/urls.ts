import { goFunction } from '@croft/gotemplate/functions';
import { ANY_MAP, STRING } from '@croft/gotemplate/type';
import { GoString, kindOf, type Value } from '@croft/gotemplate/value';
import { nilError } from './cast.ts';
import type { FunctionGroup } from './group.ts';
import { formatUrl, formatUser, hostName, parseUrl, type Url } from './url-text.ts';

function urlParse(text: string): Value {
  let url: Url;
  try {
    url = parseUrl(text);
  } catch (error) {
    throw new Error(`unable to parse url: ${(error as Error).message}`);
  }
  return new Map<string, Value>([
    ['scheme', url.scheme],
    ['host', url.host],
    ['hostname', hostName(url.host)],
    ['path', url.path],
    ['query', url.query],
    ['opaque', url.opaque],
    ['fragment', url.fragment],
    ['userinfo', url.user === undefined ? '' : formatUser(url.user)],
  ]);
}

function textAt(dict: Map<string, Value>, key: string): string {
  if (!dict.has(key)) return '';
  const value = dict.get(key) ?? null;
  if (value === null) throw nilError();
  if (value instanceof GoString) return value.value;
  if (typeof value === 'string') return value;
  throw new Error(`unable to parse ${key} key, must be of type string, but ${kindOf(value)} found`);
}

function urlJoin(dict: Map<string, Value>): string {
  const url: Url = {
    scheme: textAt(dict, 'scheme'),
    host: textAt(dict, 'host'),
    path: textAt(dict, 'path'),
    rawPath: '',
    query: textAt(dict, 'query'),
    forceQuery: false,
    opaque: textAt(dict, 'opaque'),
    fragment: textAt(dict, 'fragment'),
    rawFragment: '',
    user: undefined,
  };
  const info = textAt(dict, 'userinfo');
  if (info !== '') url.user = parseUser(info);
  return formatUrl(url);
}

function parseUser(info: string): Url['user'] {
  try {
    return parseUrl(`proto://${info}@host`).user;
  } catch (error) {
    throw new Error(`unable to parse userinfo in dict: ${(error as Error).message}`);
  }
}

export const urlFunctions: FunctionGroup = {
  urlParse: goFunction([STRING], urlParse),
  urlJoin: goFunction([ANY_MAP], urlJoin),
};
