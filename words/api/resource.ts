/** Something below one object, such as `status` or `scale`, with the kind that is sent and received there. */
export interface Subresource {
  readonly name: string;
  readonly kind: string;
  readonly verbs: readonly string[];
  /** Only where the kind belongs to another group or version than the resource: `autoscaling/v1` of a Scale. */
  readonly apiVersion?: string;
}

/** A resource as discovery tells of it: one plural name in one group and version. */
export interface Resource {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
  readonly subresources: readonly Subresource[];
  readonly storageVersionHash?: string;
  /** Only where the same objects are kept under another group or version: `autoscaling/v2` of an autoscaling/v1 HPA. */
  readonly storedAs?: { readonly group: string; readonly version: string };
}
