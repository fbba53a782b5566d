import { displayTime, formatTime } from '@croft/helm/time/format';
import { parseTime } from '@croft/helm/time/parse';
import { localZone } from '@croft/helm/time/zone';

const rfc3339 = '2006-01-02T15:04:05.999999999Z07:00';
const ansic = 'Mon Jan _2 15:04:05 2006';

/** A time of a record as helm shows it to people: `Sat Nov 21 15:50:51 2026`. */
export function humanTime(text: string): string {
  return format(text, ansic);
}

/** By a layout of Go's; as Go shows times where there is none. */
export function shownTime(text: string, layout: string): string {
  if (layout !== '') return format(text, layout);
  return displayTime(parseTime(rfc3339, text, localZone()));
}

function format(text: string, layout: string): string {
  return formatTime(parseTime(rfc3339, text, localZone()), layout);
}
