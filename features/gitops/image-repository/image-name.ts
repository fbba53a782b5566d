import { parseReference } from '@croft/repository/oci/reference';

export interface ImageName {
  /** Host and port of the registry. */
  host: string;
  repository: string;
  /** With all that is implied: `index.docker.io/library/alpine`. */
  canonical: string;
}

/** The name of an image as container programs read it. Throws when it has a scheme or a tag, or is none. */
export function parseImageName(image: string): ImageName {
  const [scheme = ''] = image.split('://');
  if (scheme !== image) throw new Error(`image '${image}' should not include URL scheme; remove '${scheme}://'`);
  const tag = /:([^:/]*)$/.exec(image)?.[1];
  if (tag !== undefined && image.includes('/') === image.slice(0, -tag.length).includes('/'))
    throw new Error(`image '${image}' should not include a tag; remove ':${tag}'`);
  const [first = '', ...rest] = image.split('/');
  const hasHost = rest.length > 0 && /[.:]|^localhost$/.test(first);
  const host = hasHost ? first : 'index.docker.io';
  const path = hasHost ? rest.join('/') : image;
  const isShort = (host === 'index.docker.io' || host === 'docker.io') && !path.includes('/');
  const { repository } = parseReference(`${host}/${isShort ? `library/${path}` : path}`);
  const named = host === 'docker.io' ? 'index.docker.io' : host;
  return { host: named, repository, canonical: `${named}/${repository}` };
}
