import { type FieldError, forbiddenField, requiredField } from '@croft/api/field-error';
import type { KubeObject, UnknownObject } from '@croft/api/object';
import { jsonEqual } from '@croft/foundation/json';
import { checkImmutable, checkOneOf } from '../check.ts';
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
  validate: checkDriver,
  validateUpdate: (driver, old) => [
    ...checkImmutable('spec.attachedRequired', driver.spec?.attachRequired, old.spec?.attachRequired),
    ...checkImmutable('spec.volumeLifecycleModes', driver.spec?.volumeLifecycleModes, old.spec?.volumeLifecycleModes),
    ...checkDriver(driver),
  ],
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

function checkDriver({ spec }: Driver): FieldError[] {
  const { fsGroupPolicy, volumeLifecycleModes = [] } = spec ?? {};
  const policies = ['File', 'None', 'ReadWriteOnceWithFSType'];
  const at = 'spec.volumeLifecycleModes';
  return [
    ...(fsGroupPolicy === undefined ? [] : checkOneOf('spec.fsGroupPolicy', fsGroupPolicy, policies)),
    ...volumeLifecycleModes.flatMap((mode) => checkOneOf(at, mode, ['Ephemeral', 'Persistent'])),
  ];
}

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

interface AttributesClass extends UnknownObject {
  driverName?: string;
  parameters?: Record<string, string>;
}

export const attributesClassRules: KindParts<AttributesClass> = {
  validate: ({ driverName, parameters = {} }) => [
    ...(driverName ? [] : [requiredField('driverName')]),
    ...(Object.keys(parameters).length > 0
      ? []
      : [requiredField('parameters', 'must contain at least one key/value pair')]),
  ],
  validateUpdate: (one, old) =>
    (['driverName', 'parameters'] as const)
      .filter((field) => !jsonEqual(one[field] ?? null, old[field] ?? null))
      .map((field) => forbiddenField(field, `updates to ${field} are forbidden.`)),
  table: defineTable<UnknownObject>('Name*,DriverName,Age', (one, nowMs) => [
    nameOf(one),
    one.driverName ?? '',
    ageOf(one, nowMs),
  ]),
};
