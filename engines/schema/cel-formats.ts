import {
  dns1035LabelErrors,
  dns1123LabelErrors,
  dns1123SubdomainErrors,
  labelValueErrors,
  qualifiedNameErrors,
} from '@croft/api/names';
import { type Environment, Optional } from '@marcbachmann/cel-js';
import { hasFormat } from './formats.ts';

/** A form that texts may have. Held by a class, as CEL tells types by it. */
class CelFormat {
  readonly findErrors: (text: string) => string[];

  constructor(findErrors: (text: string) => string[]) {
    this.findErrors = findErrors;
  }
}

/** What `format` stands for in an expression. */
class CelFormats {}

/** A name that something is still to be put behind may end with a hyphen. */
const asPrefix = (findErrors: (text: string) => string[]) => (text: string) => findErrors(text.replace(/-$/, 'a'));

const unless = (format: string, error: string) => (text: string) => (hasFormat(text, format) ? [] : [error]);

const formats: Readonly<Record<string, CelFormat>> = {
  dns1123Label: new CelFormat(dns1123LabelErrors),
  dns1123Subdomain: new CelFormat(dns1123SubdomainErrors),
  dns1035Label: new CelFormat(dns1035LabelErrors),
  qualifiedName: new CelFormat(qualifiedNameErrors),
  dns1123LabelPrefix: new CelFormat(asPrefix(dns1123LabelErrors)),
  dns1123SubdomainPrefix: new CelFormat(asPrefix(dns1123SubdomainErrors)),
  dns1035LabelPrefix: new CelFormat(asPrefix(dns1035LabelErrors)),
  labelValue: new CelFormat(labelValueErrors),
  uri: new CelFormat((text) => (hasFormat(text, 'uri') ? [] : [`parse "${text}": invalid URI for request`])),
  uuid: new CelFormat(unless('uuid', 'does not match the UUID format')),
  byte: new CelFormat(unless('byte', 'invalid base64')),
  date: new CelFormat(unless('date', 'invalid date')),
  datetime: new CelFormat(unless('datetime', 'invalid datetime')),
};

/** Kubernetes' library of named formats: `format.dns1123Label().validate(name)`. */
export function addFormatFunctions(environment: Environment): void {
  environment
    .registerType('kubernetes.NamedFormat', { ctor: CelFormat, fields: {} })
    .registerType('kubernetes.NamedFormats', { ctor: CelFormats, fields: {} })
    .registerConstant('format', 'kubernetes.NamedFormats', new CelFormats())
    .registerFunction(
      'kubernetes.NamedFormats.named(string): optional<kubernetes.NamedFormat>',
      (_formats: CelFormats, name: string) => optionalOf(Object.hasOwn(formats, name) ? formats[name] : undefined),
    )
    .registerFunction(
      'kubernetes.NamedFormat.validate(string): optional<list<string>>',
      (format: CelFormat, text: string) => {
        const errors = format.findErrors(text);
        return optionalOf(errors.length === 0 ? undefined : errors);
      },
    );
  for (const [name, format] of Object.entries(formats)) {
    environment.registerFunction(`kubernetes.NamedFormats.${name}(): kubernetes.NamedFormat`, () => format);
  }
}

const optionalOf = (value: unknown): Optional => (value === undefined ? Optional.none() : Optional.of(value));
