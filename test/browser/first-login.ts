import type { Login } from './wordpress-pages.ts';

/** The address and the first login of an application in what `croft up` printed at its end. */
export function readFirstLogin(printed: string, title: string): Login & { url: string } {
  const match = new RegExp(`^${title}: (https://\\S+)\\n  first login: (\\S+) / (\\S+)$`, 'm').exec(printed);
  if (match === null) throw new Error(`"croft up" printed no address and login of ${title}:\n${printed}`);
  const [, url = '', user = '', password = ''] = match;
  return { url, user, password };
}

/** The header of a person whom the browser has asked. */
export function basicAuth({ user, password }: Login): { authorization: string } {
  return { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` };
}
