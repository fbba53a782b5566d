import type { KubeObject, UnknownObject } from '@croft/api/object';
import { ageOf, defineTable, nameOf } from '../columns.ts';
import type { KindParts } from '../define.ts';

interface Driver extends KubeObject {
  spec?: {
    attachRequired?: boolean;
    podInfoOnMount?: boolean;
    storageCapacity?: boolean;
    fsGroupPolicy?: string;
    volumeLifecycleModes?: string[];
    requiresRepublish?: boolean;
    seLinuxMount?: boolean;
    tokenRequests?: { audience?: string }[];
  };
}

export const driverRules: KindParts<Driver> = {
  returnsDeleted: true,
  default({ spec }) {
    if (spec === undefined) return;
    spec.attachRequired ??= true;
    spec.podInfoOnMount ??= false;
    spec.storageCapacity ??= false;
    spec.fsGroupPolicy ??= 'ReadWriteOnceWithFSType';
    spec.volumeLifecycleModes ??= ['Persistent'];
    spec.requiresRepublish ??= false;
    spec.seLinuxMount ??= false;
  },
  table: defineTable<Driver>(
    'Name*,AttachRequired:boolean,PodInfoOnMount:boolean,StorageCapacity:boolean,TokenRequests,RequiresRepublish:boolean,Modes,Age',
    (one, nowMs) => [
      nameOf(one),
      one.spec?.attachRequired ?? true,
      one.spec?.podInfoOnMount ?? false,
      one.spec?.storageCapacity ?? false,
      (one.spec?.tokenRequests ?? []).map(({ audience }) => audience ?? '').join(',') || '<unset>',
      one.spec?.requiresRepublish ?? false,
      (one.spec?.volumeLifecycleModes ?? []).join(','),
      ageOf(one, nowMs),
    ],
  ),
};

interface DriverNode extends KubeObject {
  spec?: { drivers?: unknown[] | null };
}

export const driverNodeRules: KindParts<DriverNode> = {
  returnsDeleted: true,
  table: defineTable<DriverNode>('Name*,Drivers:integer,Age', (one, nowMs) => [
    nameOf(one),
    one.spec?.drivers?.length ?? 0,
    ageOf(one, nowMs),
  ]),
};

interface Attachment extends KubeObject {
  spec?: { attacher?: string; nodeName?: string; source?: { persistentVolumeName?: string } };
  status?: { attached?: boolean };
}

export const attachmentRules: KindParts<Attachment> = {
  returnsDeleted: true,
  table: defineTable<Attachment>('Name*,Attacher,PV,Node,Attached:boolean,Age', (one, nowMs) => [
    nameOf(one),
    one.spec?.attacher ?? '',
    one.spec?.source?.persistentVolumeName ?? '',
    one.spec?.nodeName ?? '',
    one.status?.attached ?? false,
    ageOf(one, nowMs),
  ]),
};

export const attributesClassRules: KindParts<UnknownObject> = {
  table: defineTable<UnknownObject>('Name*,DriverName,Age', (one, nowMs) => [
    nameOf(one),
    one.driverName ?? '',
    ageOf(one, nowMs),
  ]),
};
