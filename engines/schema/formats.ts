import { isIPv4, isIPv6 } from 'node:net';

const uuid = (version: string) =>
  new RegExp(`^[0-9a-f]{8}-?[0-9a-f]{4}-?${version}[0-9a-f]{3}-?[0-9a-f]{4}-?[0-9a-f]{12}$`, 'i');
const anyUuid = uuid('[0-9a-f]');
const hostname =
  /^(?=.{1,253}\.?$)[a-zA-Z0-9_]([a-zA-Z0-9_-]{0,61}[a-zA-Z0-9_])?(\.[a-zA-Z0-9_]([a-zA-Z0-9_-]{0,61}[a-zA-Z0-9_])?)*\.?$/;
const shortName = /^(?=.{1,63}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const longName = /^(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

/** The formats that Kubernetes checks in texts of custom objects; names are compared without `-`. */
const checks: Readonly<Record<string, (text: string) => boolean>> = {
  bsonobjectid: (text) => /^[0-9a-f]{24}$/i.test(text),
  uri: isRequestUri,
  email: (text) => /^[^\s@<>()[\],;:\\"]+@[^\s@<>()[\],;:\\"]+$/.test(text),
  hostname: (text) => hostname.test(text),
  ipv4: (text) => isIPv4(text),
  ipv6: (text) => isIPv6(text) && !text.includes('%'),
  cidr: isCidr,
  mac: (text) =>
    /^([0-9a-f]{2}([:-]))([0-9a-f]{2}\2){4,6}[0-9a-f]{2}$/i.test(text) ||
    /^([0-9a-f]{4}\.){2,3}[0-9a-f]{4}$/i.test(text),
  uuid: (text) => anyUuid.test(text),
  uuid3: (text) => uuid('3').test(text),
  uuid4: (text) => uuid('4').test(text),
  uuid5: (text) => uuid('5').test(text),
  hexcolor: (text) => /^#?([0-9a-f]{3}|[0-9a-f]{6})$/i.test(text),
  byte: (text) => /^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text),
  date: isDate,
  datetime: isDateTime,
  duration: isDuration,
  k8sshortname: (text) => shortName.test(text),
  k8slongname: (text) => longName.test(text),
};

/** Whether a text has the format; a format that is not known holds for every text. */
export function hasFormat(text: string, format: string): boolean {
  return checks[format.replaceAll('-', '')]?.(text) ?? true;
}

function isDate(text: string): boolean {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (match === null) return false;
  const [year, month, day] = match.slice(1).map(Number) as [number, number, number];
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}

function isDateTime(text: string): boolean {
  const match = /^(\d{4}-\d{2}-\d{2})[tT](\d{2}):(\d{2}):(\d{2})(\.\d+)?([zZ]|[+-]\d{2}:\d{2})$/.exec(text);
  if (match === null || !isDate(match[1] ?? '')) return false;
  return Number(match[2]) < 24 && Number(match[3]) < 60 && Number(match[4]) < 61;
}

/** Go's durations (`1h30m`), or a count with a word (`3 days`). */
function isDuration(text: string): boolean {
  if (/^[+-]?(0|((\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h))+)$/.test(text)) return true;
  return /^\s*\d+(\.\d+)?\s*(nanoseconds?|nanos?|ns|microseconds?|micros?|us|µs|milliseconds?|millis?|ms|seconds?|secs?|s|minutes?|mins?|m|hours?|hrs?|h|days?|d|weeks?|wks?|w)\s*$/i.test(
    text,
  );
}

function isCidr(text: string): boolean {
  const slash = text.indexOf('/');
  const [address, length] = [text.slice(0, slash), text.slice(slash + 1)];
  if (slash < 0 || !/^\d{1,3}$/.test(length)) return false;
  return isIPv4(address) ? Number(length) <= 32 : isIPv6(address) && Number(length) <= 128;
}

/** An absolute URI or an absolute path, as Go's url.ParseRequestURI takes them. */
function isRequestUri(text: string): boolean {
  if (text.startsWith('/')) return !/\s/.test(text);
  return /^[a-zA-Z][a-zA-Z0-9+.-]*:[^\s]*$/.test(text) && URL.canParse(text);
}
