import type { UnknownObject } from '@croft/api/object';
import { methodNotAllowed } from '../failures.ts';
import { respondText } from '../output.ts';
import type { ApiResponse } from '../request.ts';
import type { ResourceCall } from '../resource-call.ts';
import type { NodeStreams } from '../streams/node-streams.ts';
import type { ServiceAccountTokens } from '../tokens.ts';
import { respondBinding } from './binding.ts';
import { decodeKind } from './decode.ts';
import { respondEviction } from './eviction.ts';
import { finalizeNamespace } from './finalize.ts';
import { type NodeProxy, respondByNode } from './node-proxy.ts';
import { respondProxy } from './proxy.ts';
import { respondScale } from './scale.ts';
import { respondPart } from './status.ts';
import { respondToken } from './token.ts';

export interface SubresourceParts {
  readonly tokens: ServiceAccountTokens | undefined;
  readonly nodeProxy: NodeProxy | undefined;
  readonly nodeStreams: NodeStreams | undefined;
}

/** Answers for what lies below one object; undefined for what its resource does not have. */
export function respondSubresource(call: ResourceCall, parts: SubresourceParts): Promise<ApiResponse> | undefined {
  const { served, info } = call;
  const known = served.resource.subresources.some(({ name }) => name === info.subresource);
  if (!known) return served.custom && isCustomSubresource(info.subresource) ? respondPart(call) : undefined;
  switch (info.subresource) {
    case 'scale':
      return respondScale(call);
    case 'token':
      return parts.tokens === undefined ? undefined : respondToken(call, parts.tokens);
    case 'eviction':
      return respondEviction(call);
    case 'binding':
      return respondBinding(call);
    case 'finalize':
      return respondFinalize(call);
    case 'log':
    case 'exec':
    case 'attach':
    case 'portforward':
      return respondByNode(call, parts.nodeProxy);
    case 'proxy':
      return respondProxy(call, parts.nodeStreams);
    default:
      return respondPart(call);
  }
}

const isCustomSubresource = (name: string): boolean => name === 'status' || name === 'scale';

async function respondFinalize(call: ResourceCall): Promise<ApiResponse> {
  const { core, info, request } = call;
  if (request.method !== 'PUT') throw methodNotAllowed();
  const body = (await decodeKind(call, 'v1', 'Namespace')) as UnknownObject & { spec?: { finalizers?: string[] } };
  const written = await finalizeNamespace(core, info.name, () => body.spec?.finalizers ?? []);
  return respondText(200, written.text, { media: 'application/json' });
}
