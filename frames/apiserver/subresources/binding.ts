import { type FieldError, formatFieldErrors, requiredField } from '@croft/api/field-error';
import type { UnknownObject } from '@croft/api/object';
import { StatusError } from '@croft/api/status';
import type { Pod, PodCondition } from '@croft/api/types';
import { formatTime } from '@croft/foundation/clock';
import { badRequest, conflict, methodNotAllowed } from '../failures.ts';
import { checkOneOf } from '../kinds/check.ts';
import { parseWriteOptions } from '../options.ts';
import { respondStatus } from '../output.ts';
import type { ApiResponse } from '../request.ts';
import type { ResourceCall } from '../resource-call.ts';
import { updateObject } from '../update.ts';
import { writingOf } from '../verbs/write.ts';
import { decodeKind } from './decode.ts';

/** POST of a Binding: puts a Pod on a node, once. */
export async function respondBinding(call: ResourceCall): Promise<ApiResponse> {
  const { core, served, info, request } = call;
  if (request.method !== 'POST') throw methodNotAllowed();
  const pods = core.resources.require('', 'v1', 'pods');
  const binding = await decodeKind(call, 'v1', 'Binding');
  const target = (binding.target ?? {}) as Target;
  const name = binding.metadata?.name ?? '';
  if (served.resource.plural !== 'bindings' && name !== info.name) {
    throw badRequest('name in URL does not match name in Binding object');
  }
  const errors = checkTarget(target);
  if (errors.length > 0) throw new StatusError(500, '', formatFieldErrors(errors));
  const options = parseWriteOptions(request, 'CreateOptions');
  const writing = { ...writingOf({ ...call, served: pods }, options), subresource: 'binding' };
  const time = formatTime(core.clock.now());
  await updateObject(writing, name, (old) => bound(old as Pod & UnknownObject, target.name ?? '', time));
  return respondStatus({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 });
}

interface Target {
  kind?: string;
  name?: string;
}

/** Kubernetes answers these as if they were its own failure. */
function checkTarget({ kind = '', name = '' }: Target): FieldError[] {
  return [
    ...(kind === '' ? [] : checkOneOf('target.kind', kind, ['Node', '<empty>'])),
    ...(name === '' ? [requiredField('target.name')] : []),
  ];
}

function bound(pod: Pod & UnknownObject, node: string, time: string): UnknownObject {
  const { name = '', deletionTimestamp } = pod.metadata ?? {};
  if (deletionTimestamp !== undefined)
    throw conflict(
      { group: '', plural: 'pods/binding' },
      name,
      `pod ${name} is being deleted, cannot be assigned to a host`,
    );
  const before = pod.spec?.nodeName ?? '';
  if (before !== '') {
    throw conflict({ group: '', plural: 'pods/binding' }, name, `pod ${name} is already assigned to node "${before}"`);
  }
  const scheduled: PodCondition = { type: 'PodScheduled', status: 'True', lastTransitionTime: time };
  const others = (pod.status?.conditions ?? []).filter(({ type }) => type !== 'PodScheduled');
  return {
    ...pod,
    spec: { ...pod.spec, nodeName: node },
    status: { ...pod.status, conditions: [...others, scheduled] },
  };
}
