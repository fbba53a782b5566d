import type { StructuralSchema } from '@croft/schema/structural-schema';
import { methodNotAllowed, notAcceptable } from './failures.ts';
import type { Call } from './handle.ts';
import {
  type DescribedResource,
  groupPath,
  renderOpenApiDocument,
  renderOpenApiIndex,
  renderSwagger,
} from './openapi.ts';
import { renderSwaggerProtobuf, swaggerProtobufTypes } from './openapi-protobuf.ts';
import type { ApiResponse } from './request.ts';
import type { ResourceTable } from './resource-table.ts';

const json = { 'content-type': 'application/json' };
const jsonAsText = { 'content-type': 'text/plain; charset=utf-8' };

/** The pages under /openapi; undefined for other paths. Each document is made when it is first asked for. */
export function createOpenApiPages(resources: ResourceTable): (call: Call) => ApiResponse | undefined {
  let revision = -1;
  let swagger: Buffer | undefined;
  const texts = new Map<string, string>();
  const cached = (key: string, render: () => unknown): string => {
    if (revision !== resources.revision) texts.clear();
    revision = resources.revision;
    const text = texts.get(key) ?? JSON.stringify(render());
    texts.set(key, text);
    return text;
  };
  return ({ request, info }) => {
    const path = info.path.replace(/\/$/, '');
    if (path !== '/openapi/v2' && path !== '/openapi/v3' && !path.startsWith('/openapi/v3/')) return undefined;
    if (request.method !== 'GET' && request.method !== 'HEAD') throw methodNotAllowed();
    if (path === '/openapi/v2') {
      const accept = request.header('accept') ?? '*/*';
      if (swaggerProtobufTypes.some((type) => accept.includes(type))) {
        swagger ??= renderSwaggerProtobuf(renderSwagger());
        return { status: 200, headers: { 'content-type': swaggerProtobufTypes[1] ?? '' }, body: swagger };
      }
      if (!/json|\*\/\*/.test(accept)) {
        const types = ['application/json', swaggerProtobufTypes[1]].join(', ');
        throw notAcceptable(`only the following media types are accepted: ${types}`);
      }
      return { status: 200, headers: json, body: cached(path, renderSwagger) };
    }
    const described = () => describe(resources);
    if (path === '/openapi/v3') {
      return { status: 200, headers: jsonAsText, body: cached(path, () => renderOpenApiIndex(described())) };
    }
    const group = path.slice('/openapi/v3/'.length);
    const known = resources.all().some(({ resource }) => groupPath(resource) === group);
    if (!known) return undefined;
    const ofGroup = () => described().filter(({ resource }) => groupPath(resource) === group);
    return { status: 200, headers: json, body: cached(path, () => renderOpenApiDocument(ofGroup())) };
  };
}

function describe(resources: ResourceTable): DescribedResource[] {
  return resources.all().map(({ resource, rules, custom }) => {
    const schema: StructuralSchema | undefined = rules.openApiSchema;
    return custom ? { resource, custom: schema ?? { type: 'object' } } : { resource };
  });
}
