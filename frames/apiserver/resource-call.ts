import type { Core } from './core.ts';
import type { Call } from './handle.ts';
import type { ApiResponse } from './request.ts';
import type { ServedResource } from './served-resource.ts';

/** A call for a resource that is served. */
export interface ResourceCall extends Call {
  readonly core: Core;
  readonly served: ServedResource;
  /** Empty for resources without namespaces. */
  readonly namespace: string;
  /** Texts for Warning headers; whoever answers adds to it. */
  readonly warnings: string[];
}

/** Undefined where there is no such subresource. */
export type RespondToSubresource = (call: ResourceCall) => Promise<ApiResponse> | undefined;
