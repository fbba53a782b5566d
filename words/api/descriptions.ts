import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/** What a type and its fields are for, in Kubernetes' own words. */
export interface Description {
  readonly text: string;
  readonly fields: ReadonlyMap<string, string>;
}

type Descriptions = ReadonlyMap<string, Description>;

const { resolve } = createRequire(import.meta.url);
const none: Descriptions = new Map();

/**
 * Finds what is known of a type called `io.k8s.api.core.v1.PodSpec`: the comments of the package `kubernetes-types`,
 * which are those of Kubernetes 1.30. Undefined for a type that is newer, or where the package's declarations are not
 * there. They are read at first need and go with the function.
 */
export function openDescriptions(): (openApiName: string) => Description | undefined {
  const read = new Map<string, Descriptions>();
  return (openApiName) => {
    const [group = '', version = '', type = ''] = openApiName.split('.').slice(-3);
    const module = `kubernetes-types/${group}/${version}.d.ts`;
    const descriptions = read.get(module) ?? readDescriptions(module);
    read.set(module, descriptions);
    return descriptions.get(type);
  };
}

function readDescriptions(module: string): Descriptions {
  let source: string;
  try {
    source = readFileSync(resolve(module), 'utf8');
  } catch (error) {
    if (!isAbsent(error)) throw error;
    return none;
  }
  return parseDescriptions(source);
}

function isAbsent(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'MODULE_NOT_FOUND' || code === 'ENOENT';
}

const commented =
  /^( {4})?\/\*\*((?:[^*]|\*(?!\/))*)\*\/\s*(?:export (?:interface|type|declare type) |readonly )?"?([\w$-]+)/gm;

/** The comments of a file of declarations as TypeScript writes it: types at the margin, their fields indented by four. */
function parseDescriptions(source: string): Descriptions {
  const types = new Map<string, { text: string; fields: Map<string, string> }>();
  let fields = new Map<string, string>();
  for (const [, indent, comment = '', name = ''] of source.matchAll(commented)) {
    const text = comment.replace(/\n\s*\* ?/g, '\n').trim();
    if (indent !== undefined) {
      fields.set(name, text);
    } else {
      fields = new Map();
      types.set(name, { text, fields });
    }
  }
  return types;
}
