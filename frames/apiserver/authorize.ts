import { StatusError } from '@croft/api/status';
import type { AccessRequest } from './access.ts';
import { forbidden } from './failures.ts';

/** 403 in the words of apiserver's responsewriters/errors.go. */
export function refusal(request: AccessRequest, reason: string): StatusError {
  const because = reason === '' ? '' : `: ${reason}`;
  const { user, verb, isResource, path, group, resource, subresource, namespace, name } = request;
  if (!isResource) {
    const message = `forbidden: User "${user.name}" cannot ${verb} path "${path}"${because}`;
    return new StatusError(403, 'Forbidden', message, {});
  }
  const what = subresource === '' ? resource : `${resource}/${subresource}`;
  const where = namespace === '' ? 'at the cluster scope' : `in the namespace "${namespace}"`;
  const why = `User "${user.name}" cannot ${verb} resource "${what}" in API group "${group}" ${where}${because}`;
  const names = verb === 'list' || verb === 'watch' || verb === 'deletecollection' ? '' : name;
  return forbidden({ group, plural: resource }, names, why);
}
