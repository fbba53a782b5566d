import type { UnknownObject } from '@croft/api/object';
import { definitionNameOf } from '@croft/api/schemas';
import { errorMessage } from '@croft/foundation/errors';
import { parseBody } from '../body.ts';
import { reportFields, unknownFieldText } from '../decode.ts';
import { badRequest } from '../failures.ts';
import { decodeType } from '../kinds/codec.ts';
import { parseWriteOptions } from '../options.ts';
import type { ResourceCall } from '../resource-call.ts';

/**
 * The body of a kind that is no resource of its own, such as Scale, Eviction or TokenRequest. Fields that the kind does
 * not have are warned of, or refused where the request says so. Throws 400.
 */
export async function decodeKind(
  { request, warnings }: Pick<ResourceCall, 'request' | 'warnings'>,
  apiVersion: string,
  kind: string,
): Promise<UnknownObject> {
  const { fieldValidation } = parseWriteOptions(request, request.method === 'PUT' ? 'UpdateOptions' : 'CreateOptions');
  const value = parseBody(await request.readBody(), request.header('content-type'), kind);
  const unknown: string[] = [];
  const refuse = (why: string) => unhandled(kind, value.apiVersion ?? apiVersion, why);
  const object = decodeValue(value, { apiVersion, kind }, refuse, unknown);
  reportFields(unknown.map(unknownFieldText), fieldValidation, warnings, refuse);
  return object;
}

function unhandled(kind: string, apiVersion: string, why: string) {
  const version = apiVersion.split('/').at(-1) ?? '';
  return badRequest(`${kind} in version "${version}" cannot be handled as a ${kind}: ${why}`);
}

/** Adds the paths of fields that the kind does not have to `unknown`; what does not fit is answered with `refuse`. */
export function decodeValue(
  value: UnknownObject,
  { apiVersion, kind }: { apiVersion: string; kind: string },
  refuse: (why: string) => Error,
  unknown: string[] = [],
): UnknownObject {
  const given = value.apiVersion ?? apiVersion;
  if (given !== apiVersion) throw refuse(`no kind "${value.kind ?? kind}" is registered for version "${given}"`);
  if ((value.kind ?? kind) !== kind) throw refuse(`converting (${value.kind}) to (${kind}): unknown conversion`);
  try {
    return { ...decodeType(definitionNameOf(apiVersion, kind), value, unknown), kind, apiVersion };
  } catch (error) {
    if (error instanceof Error && error.name === 'DecodeError') throw refuse(errorMessage(error));
    throw error;
  }
}
