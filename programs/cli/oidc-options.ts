import { readFile } from 'node:fs/promises';
import type { OidcOptions } from '@croft/apiserver/oidc/authenticator';
import { errorMessage, UserError } from '@croft/foundation/errors';
import type { CommandInput, CommandOption } from './command.ts';
import { readText } from './common-options.ts';

/** The flags of kube-apiserver for an OpenID Connect issuer. */
export const oidcOptions: Readonly<Record<string, CommandOption>> = {
  'oidc-issuer-url': {
    type: 'string',
    value: 'URL',
    help: 'https address of an OpenID Connect issuer whose ID tokens are accepted',
  },
  'oidc-client-id': { type: 'string', value: 'ID', help: 'whom the ID tokens must be for' },
  'oidc-username-claim': { type: 'string', value: 'CLAIM', help: 'claim that holds the name of the user (sub)' },
  'oidc-username-prefix': {
    type: 'string',
    value: 'TEXT',
    help: 'put before names of users (the issuer and "#", but for emails); "-" for nothing',
  },
  'oidc-groups-claim': { type: 'string', value: 'CLAIM', help: 'claim that holds the groups of the user' },
  'oidc-groups-prefix': { type: 'string', value: 'TEXT', help: 'put before names of groups' },
  'oidc-required-claim': {
    type: 'string',
    multiple: true,
    value: 'CLAIM=VALUE',
    help: 'what ID tokens must say; may be given several times',
  },
  'oidc-ca-file': { type: 'string', value: 'FILE', help: 'authorities to trust for the issuer (those of the system)' },
};

/** Undefined when no issuer is wanted. Throws UserError for flags that do not fit together. */
export async function readOidcOptions(input: CommandInput): Promise<OidcOptions | undefined> {
  const text = (name: string) => readText(input, `oidc-${name}`);
  const issuer = text('issuer-url');
  const clientId = text('client-id');
  if (issuer === undefined && Object.keys(oidcOptions).every((name) => input.options[name] === undefined)) {
    return undefined;
  }
  if (issuer === undefined || clientId === undefined) {
    throw new UserError('--oidc-issuer-url and --oidc-client-id must be given together when any --oidc flag is');
  }
  if (!URL.canParse(issuer) || new URL(issuer).protocol !== 'https:') {
    throw new UserError(`--oidc-issuer-url ${issuer}: an https address is expected`);
  }
  const file = text('ca-file');
  const optional = {
    usernameClaim: text('username-claim'),
    usernamePrefix: text('username-prefix'),
    groupsClaim: text('groups-claim'),
    groupsPrefix: text('groups-prefix'),
    requiredClaims: readClaims(input.options['oidc-required-claim']),
    ca: file === undefined ? undefined : await readAuthorities(file),
  };
  const given = Object.entries(optional).filter(([, value]) => value !== undefined);
  return { issuer, clientIds: [clientId], ...(Object.fromEntries(given) as Partial<OidcOptions>) };
}

function readClaims(given: CommandInput['options'][string]): Record<string, string> | undefined {
  if (!Array.isArray(given)) return undefined;
  const claims = given.map((text): [string, string] => {
    const at = text.indexOf('=');
    if (at <= 0) throw new UserError(`--oidc-required-claim ${text}: CLAIM=VALUE is expected`);
    return [text.slice(0, at), text.slice(at + 1)];
  });
  return Object.fromEntries(claims);
}

async function readAuthorities(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new UserError(`--oidc-ca-file ${file}: ${errorMessage(error)}`);
  }
}
