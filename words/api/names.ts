// The rules of names, labels and ports (k8s.io/apimachinery util/validation), with Kubernetes' words. Each function
// gives the reasons why a text is refused; none when it is right.

const label = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const subdomain = `${label}(\\.${label})*`;
const underscoredLabel = '_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?';
const underscoredSubdomain = `${underscoredLabel}(\\.${underscoredLabel})*`;
const dns1035 = '[a-z]([-a-z0-9]*[a-z0-9])?';
const wildcard = `\\*\\.${subdomain}`;
const namePart = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const labelValue = `(${namePart})?`;

const whole = (source: string) => new RegExp(`^${source}$`);
const labelPattern = whole(label);
const subdomainPattern = whole(subdomain);
const namePartPattern = whole(namePart);
const labelValuePattern = whole(labelValue);

/** `msg (e.g. 'a',  or 'b', regex used for validation is '...')`, with the blanks as they are. */
function regexError(message: string, source: string, ...examples: string[]): string {
  if (examples.length === 0) return `${message} (regex used for validation is '${source}')`;
  const listed = examples.map((example) => `'${example}', `).join(' or ');
  return `${message} (e.g. ${listed}regex used for validation is '${source}')`;
}

/** Checks for a length, and for a form that is told in words and by examples. */
function formErrors(max: number, source: string, rule: string, ...examples: string[]): (text: string) => string[] {
  const pattern = whole(source);
  return (text) => [
    ...(byteLength(text) > max ? [charactersError(max)] : []),
    ...(pattern.test(text) ? [] : [regexError(rule, source, ...examples)]),
  ];
}

export const rangeError = (low: number, high: number): string => `must be between ${low} and ${high}, inclusive`;
const charactersError = (max: number) => `must be no more than ${max} characters`;
const bytesError = (max: number) => `must be no more than ${max} bytes`;
const byteLength = (text: string) => Buffer.byteLength(text);

export function dns1123LabelErrors(text: string): string[] {
  const errors = byteLength(text) > 63 ? [charactersError(63)] : [];
  if (labelPattern.test(text)) return errors;
  if (subdomainPattern.test(text)) return [...errors, 'must not contain dots'];
  const rule =
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character";
  return [...errors, regexError(rule, label, 'my-name', '123-abc')];
}

export const dns1123SubdomainErrors = formErrors(
  253,
  subdomain,
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character",
  'example.com',
);

/** A domain that DNS is searched in: its labels may hold underscores. */
export const underscoredSubdomainErrors = formErrors(
  253,
  underscoredSubdomain,
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', and must start and end with an alphanumeric character",
  'example.com',
);

export const dns1035LabelErrors = formErrors(
  63,
  dns1035,
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character",
  'my-name',
  'abc-123',
);

export const wildcardSubdomainErrors = formErrors(
  253,
  wildcard,
  "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character",
  '*.example.com',
);

/** A label or annotation key: `name`, or `prefix/name`. */
export function qualifiedNameErrors(text: string): string[] {
  const parts = text.split('/');
  const rule =
    "consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";
  const examples = ['MyName', 'my.name', '123-abc'];
  const errors: string[] = [];
  if (parts.length > 2) {
    const hint = `a valid label key must ${rule}`;
    return [
      `${regexError(hint, namePart, ...examples)} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
    ];
  }
  const name = parts.at(-1) ?? '';
  const prefix = parts.length === 2 ? parts[0] : undefined;
  if (prefix === '') errors.push('prefix part must be non-empty');
  else if (prefix !== undefined) errors.push(...dns1123SubdomainErrors(prefix).map((error) => `prefix part ${error}`));
  if (name === '') errors.push('name part must be non-empty');
  else if (byteLength(name) > 63) errors.push(`name part ${bytesError(63)}`);
  if (!namePartPattern.test(name)) errors.push(`name part must ${regexError(rule, namePart, ...examples)}`);
  return errors;
}

export function labelValueErrors(text: string): string[] {
  const errors = byteLength(text) > 63 ? [bytesError(63)] : [];
  if (labelValuePattern.test(text)) return errors;
  const rule =
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";
  return [...errors, regexError(rule, labelValue, 'MyValue', 'my_value', '12345')];
}

const configKeyFormErrors = formErrors(
  253,
  '[-._a-zA-Z0-9]+',
  "a valid config key must consist of alphanumeric characters, '-', '_' or '.'",
  'key.name',
  'KEY_NAME',
  'key-name',
);

/** A key of a ConfigMap's or Secret's data. */
export function configKeyErrors(text: string): string[] {
  return [...configKeyFormErrors(text), ...upwardErrors(text)];
}

/** Environment variable names as they have been allowed since Kubernetes 1.34: anything printable but `=`. */
export function envNameErrors(text: string): string[] {
  const errors = text === '' ? ['environment variable name must be non-empty'] : [];
  if (!/^[\x20-\x3c\x3e-\x7e]*$/.test(text)) {
    errors.push("a valid environment variable name must consist only of printable ASCII characters other than '='");
  }
  return errors;
}

export function portNumberErrors(port: number): string[] {
  return port >= 1 && port <= 65535 ? [] : [rangeError(1, 65535)];
}

export function portNameErrors(name: string): string[] {
  const errors = name.length > 15 ? [charactersError(15)] : [];
  if (!/^[-a-z0-9]+$/.test(name)) errors.push('must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)');
  if (!/[a-z]/.test(name)) errors.push('must contain at least one letter (a-z)');
  if (name.includes('--')) errors.push('must not contain consecutive hyphens');
  if (name.startsWith('-') || name.endsWith('-')) errors.push('must not begin or end with a hyphen');
  return errors;
}

export function percentErrors(text: string): string[] {
  if (/^[0-9]+%$/.test(text)) return [];
  return [
    regexError("a valid percent string must be a numeric string followed by an ending '%'", '[0-9]+%', '1%', '93%'),
  ];
}

export function httpHeaderNameErrors(text: string): string[] {
  if (/^[-A-Za-z0-9]+$/.test(text)) return [];
  const rule = "a valid HTTP header must consist of alphanumeric characters or '-'";
  return [regexError(rule, '[-A-Za-z0-9]+', 'X-Header-Name')];
}

function upwardErrors(text: string): string[] {
  if (text === '.') return ["must not be '.'"];
  if (text === '..') return ["must not be '..'"];
  return text.startsWith('..') ? ["must not start with '..'"] : [];
}
