import { StatusError } from '@croft/api/status';
import { notAcceptable } from './failures.ts';
import { protobufType } from './protobuf/body.ts';

/** In which form an answer is wanted. */
export interface Representation {
  readonly media: 'application/json' | 'application/yaml' | typeof protobufType;
  /** A Table or only the metadata instead of the objects. */
  readonly as?: 'Table' | 'PartialObjectMetadata' | 'PartialObjectMetadataList' | 'APIGroupDiscoveryList';
  /** The version of that form: `v1`. */
  readonly version?: string;
}

const plain: Representation = { media: 'application/json' };

const available = 'application/json, application/yaml, application/vnd.kubernetes.protobuf';

/**
 * Media types of answers that cannot be given are skipped, as long as one can. Protobuf is given for whole objects of
 * kinds that have that form; `offersProtobuf` says so.
 */
export function negotiate(accept: string | undefined, offersProtobuf = false): Representation {
  if (accept === undefined || accept === '' || accept === '*/*' || accept === 'application/json') return plain;
  let transformRefused = false;
  for (const clause of parseAccept(accept)) {
    const media = mediaOf(clause.type);
    if (media === undefined) continue;
    const { as, g, v } = clause.parameters;
    if (media === protobufType && (as !== undefined || !offersProtobuf)) continue;
    if (as === undefined) return { media };
    const transform = findTransform(as, g, v);
    if (transform === undefined) transformRefused = true;
    else return { media, as: transform, version: v ?? 'v1' };
  }
  if (transformRefused || accept.includes('as=')) {
    throw notAcceptable(`only the following media types are accepted: ${available}`);
  }
  throw new StatusError(406, 'NotAcceptable', `406: Not Acceptable\n\nAvailable representations: ${available}`, {});
}

interface Clause {
  type: string;
  quality: number;
  parameters: Record<string, string>;
}

function parseAccept(accept: string): Clause[] {
  const clauses = accept.split(',').map((text): Clause => {
    const [type = '', ...rest] = text.split(';').map((part) => part.trim());
    const parameters = Object.fromEntries(rest.map((part) => part.split('=', 2) as [string, string]));
    return { type: type.toLowerCase(), quality: parameters.q === undefined ? 1 : Number(parameters.q), parameters };
  });
  return clauses.sort((left, right) => right.quality - left.quality);
}

function mediaOf(type: string): Representation['media'] | undefined {
  if (type === 'application/json' || type === '*/*') return 'application/json';
  return type === 'application/yaml' || type === protobufType ? type : undefined;
}

function findTransform(as: string, group = '', version = ''): Representation['as'] | undefined {
  if (as === 'APIGroupDiscoveryList') return group === 'apidiscovery.k8s.io' && version === 'v2' ? as : undefined;
  if (group !== 'meta.k8s.io' || (version !== 'v1' && version !== 'v1beta1')) return undefined;
  return as === 'Table' || as === 'PartialObjectMetadata' || as === 'PartialObjectMetadataList' ? as : undefined;
}
