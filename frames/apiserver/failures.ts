import type { Resource } from '@croft/api/resource';
import { type StatusCause, type StatusDetails, StatusError } from '@croft/api/status';

// Every refusal of the server in Kubernetes' own words (apimachinery pkg/api/errors).

type Named = Pick<Resource, 'group' | 'plural' | 'kind'>;

/** `deployments.apps`, or `pods` for the core group. */
export function qualified(name: string, group: string): string {
  return group === '' ? name : `${name}.${group}`;
}

/** Key order as Kubernetes writes it: name, group, kind. */
function detailsOf(name: string, group: string, kind: string, more: StatusDetails = {}): StatusDetails {
  return { ...(name === '' ? {} : { name }), ...(group === '' ? {} : { group }), kind, ...more };
}

export function notFound({ group, plural }: Pick<Named, 'group' | 'plural'>, name: string): StatusError {
  return new StatusError(
    404,
    'NotFound',
    `${qualified(plural, group)} "${name}" not found`,
    detailsOf(name, group, plural),
  );
}

export function alreadyExists({ group, plural }: Named, name: string): StatusError {
  const message = `${qualified(plural, group)} "${name}" already exists`;
  return new StatusError(409, 'AlreadyExists', message, detailsOf(name, group, plural));
}

/** The generated name was taken; trying again will do. */
export function generatedNameTaken({ group, plural }: Named, name: string): StatusError {
  const message = `${qualified(plural, group)} "${name}" already exists, the server was not able to generate a unique name for the object`;
  return new StatusError(409, 'AlreadyExists', message, detailsOf(name, group, plural, { retryAfterSeconds: 1 }), {
    'retry-after': '1',
  });
}

export function conflict({ group, plural }: Pick<Named, 'group' | 'plural'>, name: string, why: string): StatusError {
  const message = `Operation cannot be fulfilled on ${qualified(plural, group)} "${name}": ${why}`;
  return new StatusError(409, 'Conflict', message, detailsOf(name, group, plural));
}

export const modifiedText =
  'the object has been modified; please apply your changes to the latest version and try again';

/** A precondition of the request does not hold. Names the kind, not the resource, as Kubernetes does. */
export function preconditionFailed(
  { group, kind }: Pick<Named, 'group' | 'kind'>,
  name: string,
  why: string,
): StatusError {
  return conflict({ group, plural: kind }, name, why);
}

export function forbidden({ group, plural }: Pick<Named, 'group' | 'plural'>, name: string, why: string): StatusError {
  const subject = name === '' ? qualified(plural, group) : `${qualified(plural, group)} "${name}"`;
  return new StatusError(403, 'Forbidden', `${subject} is forbidden: ${why}`, detailsOf(name, group, plural));
}

export function forbiddenBecause(error: StatusError, causes: StatusCause[]): StatusError {
  return new StatusError(403, 'Forbidden', error.message, { ...error.status.details, causes });
}

export const badRequest = (message: string): StatusError => new StatusError(400, 'BadRequest', message);

export const unauthorized = (): StatusError => new StatusError(401, 'Unauthorized', 'Unauthorized');

export const methodNotAllowed = (): StatusError =>
  new StatusError(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource', {});

export const unknownResource = (): StatusError =>
  new StatusError(404, 'NotFound', 'the server could not find the requested resource', {});

export const notAcceptable = (message: string): StatusError => new StatusError(406, 'NotAcceptable', message);

export function unsupportedMediaType(accepted: readonly string[]): StatusError {
  return new StatusError(
    415,
    'UnsupportedMediaType',
    `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`,
  );
}

export const expired = (message: string): StatusError => new StatusError(410, 'Expired', message);

export const tooLarge = (limit: number): StatusError =>
  new StatusError(413, 'RequestEntityTooLarge', `Request entity too large: limit is ${limit}`);

/** An error without a reason, as Kubernetes answers what it did not foresee. */
export const internal = (message: string): StatusError => new StatusError(500, '', message);

/** The answer took longer than the request, or the server, allows. */
export function timedOut(): StatusError {
  const message = 'Timeout: request did not complete within requested timeout - context deadline exceeded';
  return new StatusError(504, 'Timeout', message, {});
}

/** The store is not that far yet. */
export function tooLargeRevision(wanted: number, current: number): StatusError {
  return new StatusError(
    504,
    'Timeout',
    `Too large resource version: ${wanted}, current: ${current}`,
    {
      causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
      retryAfterSeconds: 1,
    },
    { 'retry-after': '1' },
  );
}
