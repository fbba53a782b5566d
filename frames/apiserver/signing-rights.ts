import type { UnknownObject } from '@croft/api/object';
import type { Core, Writing } from './core.ts';
import { forbidden } from './failures.ts';
import type { User } from './user.ts';

const group = 'certificates.k8s.io';

interface Requested {
  spec?: { signerName?: string };
  status?: { certificate?: string };
}

/**
 * Who approves or signs a signing request needs the right to do so for its signer, besides the right to write there
 * (plugin/pkg/admission/certificates). Throws 403.
 */
export function checkSigningRights(writing: Writing, object: UnknownObject, old: UnknownObject): void {
  const { core, served, user, subresource } = writing;
  const { resource } = served;
  if (resource.group !== group || resource.plural !== 'certificatesigningrequests') return;
  const { spec, status } = old as Requested;
  const isSigned = (object as Requested).status?.certificate !== status?.certificate;
  const verb = subresource === 'approval' ? 'approve' : subresource === 'status' && isSigned ? 'sign' : undefined;
  if (verb === undefined) return;
  const signer = spec?.signerName ?? '';
  if (maySign(core, user, verb, signer) || maySign(core, user, verb, `${signer.split('/')[0]}/*`)) return;
  const why = `user not permitted to ${verb} requests with signerName ${JSON.stringify(signer)}`;
  throw forbidden(resource, old.metadata?.name ?? '', why);
}

function maySign({ authorizer }: Core, user: User, verb: string, name: string): boolean {
  const access = { user, verb, isResource: true, path: '', group, resource: 'signers', subresource: '', namespace: '' };
  return authorizer.authorize({ ...access, name }).allowed;
}
