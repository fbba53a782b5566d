import { type FieldError, fieldTooLong, invalidField, requiredField } from '@croft/api/field-error';
import { quoteGo } from '@croft/api/go-quote';
import { dns1123LabelErrors, dns1123SubdomainErrors } from '@croft/api/names';

/** `example.com/signer-name`. */
export function checkSigner(path: string, name: string): FieldError[] {
  if (name === '') return [requiredField(path)];
  if (name === 'kubernetes.io/legacy-unknown') {
    return [invalidField(path, name, 'the legacy signerName is not allowed via this API version')];
  }
  const [domain = '', rest = '', ...more] = name.split('/');
  if (more.length > 0 || !name.includes('/')) {
    const form = "must be a fully qualified domain and path of the form 'example.com/signer-name'";
    return [invalidField(path, name, form)];
  }
  const labels = domain.split('.');
  const fewer = 'should be a domain with at least two segments separated by dots';
  return [
    ...(domain.length > 253 ? [fieldTooLong(path, 253)] : []),
    ...checkParts(path, domain, dns1123LabelErrors),
    ...(labels.length < 2 ? [invalidField(path, domain, fewer)] : []),
    ...checkParts(path, rest, dns1123SubdomainErrors),
    ...(name.length > 571 ? [fieldTooLong(path, 571)] : []),
  ];
}

/** Only the first part that is wrong counts. */
function checkParts(path: string, text: string, errorsOf: (part: string) => string[]): FieldError[] {
  const wrong = text.split('.').find((part) => errorsOf(part).length > 0);
  if (wrong === undefined) return [];
  return errorsOf(wrong).map((error) => invalidField(path, text, `validating label ${quoteGo(wrong)}: ${error}`));
}
