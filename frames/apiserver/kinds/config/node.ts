import type { Node } from '@croft/api/types';
import { ageOf, defineTable, nameOf } from '../columns.ts';
import type { KindParts, Writable } from '../define.ts';
import { alignNetworks, checkNode, checkNodeUpdate } from './node-errors.ts';

const rolePrefix = 'node-role.kubernetes.io/';

export const nodeRules: KindParts<Node> = {
  keepsStatus: true,
  default({ spec, status }) {
    if (spec !== undefined) alignNetworks(spec);
    if (status?.capacity === undefined) return;
    status.allocatable ??= { ...status.capacity };
  },
  prepareForCreate: dropConfigSource,
  prepareForUpdate(node, old) {
    dropConfigSource(node);
    (node as { status?: unknown }).status = old.status;
  },
  validate: checkNode,
  validateUpdate: checkNodeUpdate,
  selectableFields: ({ spec }) => ({ 'spec.unschedulable': String(spec?.unschedulable ?? false) }),
  table: defineTable<Node>(
    'Name*,Status,Roles,Age,Version,+Internal-IP,+External-IP,+OS-Image,+Kernel-Version,+Container-Runtime',
    (node, nowMs) => {
      const info = node.status?.nodeInfo;
      return [
        nameOf(node),
        formatStatus(node),
        formatRoles(node),
        ageOf(node, nowMs),
        info?.kubeletVersion ?? '',
        addressOf(node, 'InternalIP'),
        addressOf(node, 'ExternalIP'),
        info?.osImage || '<unknown>',
        formatKernel(info),
        info?.containerRuntimeVersion || '<unknown>',
      ];
    },
  ),
};

/** What nodes once read their settings from; it is not kept any more. */
function dropConfigSource({ spec }: Node): void {
  if (spec !== undefined) delete (spec as Writable<typeof spec>).configSource;
}

function formatStatus({ spec, status }: Node): string {
  const ready = status?.conditions?.find((condition) => condition.type === 'Ready');
  const words = ready === undefined ? ['Unknown'] : [ready.status === 'True' ? 'Ready' : 'NotReady'];
  if (spec?.unschedulable === true) words.push('SchedulingDisabled');
  return words.join(',');
}

function formatRoles({ metadata }: Node): string {
  const labels = Object.entries(metadata?.labels ?? {});
  const roles = labels.flatMap(([key, value]) => {
    if (key.startsWith(rolePrefix)) return [key.slice(rolePrefix.length)];
    return key === 'kubernetes.io/role' && value !== '' ? [value] : [];
  });
  const named = roles.filter((role) => role !== '').sort();
  return named.length > 0 ? named.join(',') : '<none>';
}

function addressOf({ status }: Node, type: string): string {
  return status?.addresses?.find((address) => address.type === type)?.address ?? '<none>';
}

function formatKernel(info: { kernelVersion?: string; architecture?: string } | undefined): string {
  const kernel = info?.kernelVersion || '<unknown>';
  return info?.architecture ? `${kernel} (${info.architecture})` : kernel;
}
