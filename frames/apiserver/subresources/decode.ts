import type { UnknownObject } from '@croft/api/object';
import { definitionNameOf } from '@croft/api/schemas';
import { errorMessage } from '@croft/foundation/errors';
import { parseBody } from '../body.ts';
import { badRequest } from '../failures.ts';
import { decodeType } from '../kinds/codec.ts';
import type { ApiRequest } from '../request.ts';

/** The body of a kind that is no resource of its own, such as Scale, Eviction or TokenRequest. Throws 400. */
export async function decodeKind(request: ApiRequest, apiVersion: string, kind: string): Promise<UnknownObject> {
  const value = parseBody(await request.readBody(), request.header('content-type'), kind);
  return decodeValue(value, apiVersion, kind);
}

export function decodeValue(value: UnknownObject, apiVersion: string, kind: string): UnknownObject {
  const given = value.apiVersion ?? apiVersion;
  const version = given.split('/').at(-1) ?? '';
  const refuse = (why: string) => badRequest(`${kind} in version "${version}" cannot be handled as a ${kind}: ${why}`);
  if (given !== apiVersion) throw refuse(`no kind "${value.kind ?? kind}" is registered for version "${given}"`);
  if ((value.kind ?? kind) !== kind) throw refuse(`converting (${value.kind}) to (${kind}): unknown conversion`);
  try {
    return { ...decodeType(definitionNameOf(apiVersion, kind), value), kind, apiVersion };
  } catch (error) {
    if (error instanceof Error && error.name === 'DecodeError') throw refuse(errorMessage(error));
    throw error;
  }
}
