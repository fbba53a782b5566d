import type { FieldError } from '@croft/api/field-error';
import type { UnknownObject } from '@croft/api/object';
import type { FieldType } from '@croft/schema/field-type';
import type { StructuralSchema } from '@croft/schema/structural-schema';
import type { User } from './user.ts';

/**
 * What a rule may look at besides the object: the other objects of this server, in their stored form. They are shared:
 * never change them.
 */
export interface Lookup {
  /** `resource` is `plural` or `plural.group`: `priorityclasses.scheduling.k8s.io`. */
  find(resource: string, namespace: string | undefined, name: string): UnknownObject | undefined;
  list(resource: string, namespace?: string): UnknownObject[];
}

export interface Decoded {
  object: UnknownObject;
  /** Paths of fields that the kind does not have: `spec.replica`. They are dropped from `object`. */
  unknownFields: string[];
}

export interface TableColumn {
  name: string;
  type: 'string' | 'integer' | 'number' | 'boolean' | 'date';
  format: string;
  description: string;
  /** 0 shows always, 1 only in wide output. */
  priority: number;
}

export interface RowCondition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
}

export interface TableRules {
  readonly columns: readonly TableColumn[];
  /** One cell a column. `nowMs` is what ages are counted from. */
  cells(object: UnknownObject, nowMs: number): unknown[];
  /** What marks a row, such as that a Pod has ended. */
  conditions?(object: UnknownObject): RowCondition[];
}

/**
 * What sets one kind apart. The server calls, for a create: decode, default, prepareForCreate, admit, validate; for
 * an update or patch: decode, default, prepareForUpdate, admit, validateUpdate. Objects passed in belong to the call
 * and are changed in place; `old` is never changed. `metadata` is the server's own matter (names, generateName, uid,
 * timestamps, generation, finalizers, managedFields, validation of ObjectMeta) except where a rule says so.
 */
export interface KindRules {
  /** The schema's name: `io.k8s.api.apps.v1.Deployment`. Patches, field ownership and OpenAPI use it. */
  readonly schema: string;
  /** The schema itself, of a kind that is not built in: OpenAPI documents show it. */
  readonly openApiSchema?: StructuralSchema;
  /**
   * As Go decodes and encodes the type: unknown fields dropped and named, null and empty values without meaning
   * dropped, quantities and times in canonical form. Throws DecodeError, with Go's words, on a wrong JSON type: the
   * server answers it as what the request was (400 for a body, 422 for a patch).
   */
  decode(value: UnknownObject): Decoded;
  /** What patches and field ownership need to know; made at first need. */
  fieldType(): FieldType;
  default(object: UnknownObject): void;
  /** Drops what a client may not set, usually `status`. `user` is whoever creates. */
  prepareForCreate?(object: UnknownObject, user: User): void;
  /** Takes over from `old` what a client may not change, usually `status`. */
  prepareForUpdate?(object: UnknownObject, old: UnknownObject): void;
  /** For `/status`: takes over from `old` all but status. Absent: the server does just that, and keeps `metadata` of old. */
  prepareForStatusUpdate?(object: UnknownObject, old: UnknownObject): void;
  /** Built-in admission that needs other objects: default classes, priorities, limits. Throws StatusError. */
  admit?(object: UnknownObject, old: UnknownObject | undefined, lookup: Lookup): void;
  /** For a subresource other than status that takes the object itself, such as `ephemeralcontainers`: what it may change. */
  prepareForSubresourceUpdate?(subresource: string, object: UnknownObject, old: UnknownObject): void;
  validate(object: UnknownObject): FieldError[];
  /** All errors of an update, those of the new object itself among them, in Kubernetes' order. */
  validateUpdate(object: UnknownObject, old: UnknownObject): FieldError[];
  /** Absent: a status is not validated. */
  validateStatusUpdate?(object: UnknownObject, old: UnknownObject): FieldError[];
  /** Absent: the rules of an update hold for subresources too. */
  validateSubresourceUpdate?(subresource: string, object: UnknownObject, old: UnknownObject): FieldError[];
  /** Built-in admission of what is valid: throws StatusError, or gives texts of Warning headers. */
  review?(object: UnknownObject, old: UnknownObject | undefined, lookup: Lookup): string[];
  /** Texts of Warning headers. */
  warnings?(object: UnknownObject, old: UnknownObject | undefined): string[];
  /** The errors of `metadata.name`; absent: a DNS-1123 subdomain. `generated` for names still to get their suffix. */
  validateName?(name: string, generated: boolean): string[];
  /** True where `metadata.generation` counts changes of what is neither metadata nor status. */
  readonly countsGeneration: boolean;
  /** True where a PUT to a missing name creates the object. */
  readonly createsOnUpdate?: boolean;
  /** True where a delete answers with the object instead of a Status: Pods, Services, PVCs ... */
  readonly returnsDeleted?: boolean;
  /** False where an update must name the resourceVersion it was made from. Absent: true. */
  readonly allowsUnconditionalUpdate?: boolean;
  /** Fields for fieldSelector besides metadata.name and metadata.namespace, with the value of each. */
  selectableFields?(object: UnknownObject): Record<string, string>;
  readonly table?: TableRules;
  /**
   * Only where Resource.storedAs is set. Both take what the other gives; `toStored` gets an object of this version,
   * decoded and defaulted.
   */
  toStored?(object: UnknownObject): UnknownObject;
  fromStored?(object: UnknownObject): UnknownObject;
}

/** Built by frames/apiserver/kinds/rules.ts: `findKindRules(group, version, plural)`. */
export type FindKindRules = (group: string, version: string, plural: string) => KindRules | undefined;
