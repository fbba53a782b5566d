import { readFileSync } from 'node:fs';
import { groupOfShort, openApiNameOf } from './schemas.ts';

/** What a type and its fields are for, in Kubernetes' own words. */
export interface Description {
  readonly text: string;
  readonly fields: ReadonlyMap<string, FieldDescription>;
}

export interface FieldDescription {
  readonly text: string;
  /** What a text may be, or each text of a list; an empty word is one of them where it stands. */
  readonly words?: readonly string[];
}

interface Declared extends Description {
  /** Whether it has `apiVersion` and `kind`, which are described elsewhere. */
  readonly isKind: boolean;
}

type Declarations = ReadonlyMap<string, Declared>;

const metaModule = modelOf(openApiNameOf('meta.v1.DeleteOptions'));

/**
 * Finds what is known of a type called `io.k8s.api.core.v1.PodSpec`: the comments of the package `kubernetes-models`,
 * which are those of Kubernetes 1.36, or of `kubernetes-types` where it has none. Undefined for a type that neither has,
 * or where the packages are not there. They are read at first need and go with the function.
 */
export function openDescriptions(): (openApiName: string) => Description | undefined {
  const known = new Map<string, Declarations>();
  const read = (module: string): Declarations => {
    const declarations = known.get(module) ?? parseDeclarations(readDeclarations(module));
    known.set(module, declarations);
    return declarations;
  };
  return (openApiName) => {
    const [group = '', version = '', type = ''] = openApiName.split('.').slice(-3);
    const found = read(modelOf(openApiName)).get(`I${type}`);
    if (found === undefined) return read(`kubernetes-types/${group}/${version}.d.ts`).get(type);
    if (!found.isKind) return found;
    const { fields } = read(metaModule).get('IDeleteOptions') ?? found;
    const common = [...fields].filter(([field]) => field === 'apiVersion' || field === 'kind');
    return { text: found.text, fields: new Map([...common, ...found.fields]) };
  };
}

function modelOf(openApiName: string): string {
  const machinery = 'io.k8s.apimachinery.pkg.';
  if (openApiName.startsWith(machinery)) {
    return `@kubernetes-models/apimachinery/${openApiName.slice(machinery.length).replaceAll('.', '/')}`;
  }
  const [short = '', version = '', type = ''] = openApiName.split('.').slice(-3);
  return ['kubernetes-models', groupOfShort(short), version, type].filter((part) => part !== '').join('/');
}

function readDeclarations(module: string): string {
  try {
    return readFileSync(new URL(import.meta.resolve(module).replace(/\.js$/, '.d.ts')), 'utf8');
  } catch (error) {
    if (!absent.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
    return '';
  }
}

const absent = new Set(['ENOENT', 'ERR_MODULE_NOT_FOUND', 'ERR_PACKAGE_PATH_NOT_EXPORTED']);

const commented =
  /^( {4})?\/\*\*((?:[^*]|\*(?!\/))*)\*\/\s*(?:export (?:interface|type|declare type) |readonly )?"?([\w$-]+)"?(.*)/gm;
const wordsOnly = /^\??: (?:Array<)?"[^"]*"(?: \| "[^"]*")*>?;/;

/** The comments of a file of declarations as TypeScript writes it: types at the margin, their fields indented by four. */
function parseDeclarations(source: string): Declarations {
  const types = new Map<string, Declared & { fields: Map<string, FieldDescription> }>();
  let fields = new Map<string, FieldDescription>();
  for (const [, indent, comment = '', name = '', rest = ''] of source.matchAll(commented)) {
    const text = comment.replace(/\n\s*\* ?/g, '\n').trim();
    if (indent === undefined) {
      fields = new Map();
      types.set(name, { text, fields, isKind: rest.includes(' extends TypeMeta') });
    } else if (wordsOnly.test(rest)) {
      fields.set(name, { text, words: [...rest.matchAll(/"([^"]*)"/g)].map(([, word = '']) => word) });
    } else {
      fields.set(name, { text });
    }
  }
  return types;
}
