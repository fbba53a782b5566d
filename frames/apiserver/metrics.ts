import { createHistogram, type Histogram } from '@croft/foundation/histogram';
import type { Core } from './core.ts';
import type { RequestInfo } from './request-info.ts';

const bounds = [0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.25, 1.5, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 45, 60];

/** Names as apiserver_request_total has them: reads of a collection and of one object differ. */
const verbs: Readonly<Record<string, string>> = {
  get: 'GET',
  list: 'LIST',
  watch: 'WATCH',
  create: 'POST',
  update: 'PUT',
  patch: 'PATCH',
  delete: 'DELETE',
  deletecollection: 'DELETECOLLECTION',
};

/** Counts what the server does, in the text form of Prometheus, under the names that Kubernetes has for it. */
export class Metrics {
  readonly #requests = new Map<string, number>();
  readonly #durations = new Map<string, Histogram>();
  readonly #watchers = new Map<string, number>();
  readonly #more: () => string;
  #rejected = 0;

  /** `more` gives what other parts of the process measure, in the same form. */
  constructor(more: () => string = () => '') {
    this.#more = more;
  }

  /** A request that was answered; `tookMs` is left out for those that go on, such as watches. */
  answered(info: RequestInfo | undefined, code: number, tookMs: number | undefined): void {
    const labels = labelsOf(info);
    const key = `${labels},code="${code}"`;
    this.#requests.set(key, (this.#requests.get(key) ?? 0) + 1);
    if (tookMs === undefined) return;
    let durations = this.#durations.get(labels);
    if (durations === undefined) {
      durations = createHistogram(bounds);
      this.#durations.set(labels, durations);
    }
    durations.observe(tookMs / 1000);
  }

  /** A watch that begins; dispose when it ends. */
  watching(info: RequestInfo): Disposable {
    const labels = labelsOf(info);
    const add = (count: number) => this.#watchers.set(labels, (this.#watchers.get(labels) ?? 0) + count);
    add(1);
    let open = true;
    return {
      [Symbol.dispose]: () => {
        if (open) add(-1);
        open = false;
      },
    };
  }

  /** A request that found no place. */
  rejected(): void {
    this.#rejected += 1;
  }

  render(core: Core, inFlight: number, waiting: number): string {
    const lines = [
      ...metric('apiserver_request_total', 'counter', 'Requests answered.', this.#requests),
      ...heading('apiserver_request_duration_seconds', 'histogram', 'How long answers took.'),
      ...[...this.#durations].flatMap(([labels, durations]) =>
        durations.render('apiserver_request_duration_seconds', labels),
      ),
      ...metric('apiserver_longrunning_requests', 'gauge', 'Watches that are open.', this.#watchers),
      ...single('apiserver_current_inflight_requests', 'gauge', 'Requests in work.', inFlight),
      ...single('apiserver_current_inqueue_requests', 'gauge', 'Requests that wait for a place.', waiting),
      ...single('apiserver_dropped_requests_total', 'counter', 'Requests refused for want of a place.', this.#rejected),
      ...storedLines(core),
      ...processLines(core),
    ];
    return `${lines.join('\n')}\n${this.#more()}`;
  }
}

function labelsOf(info: RequestInfo | undefined): string {
  if (info === undefined) return 'verb="",group="",version="",resource="",subresource="",scope=""';
  const { verb, group, version, resource, subresource, namespace, name, isResource } = info;
  const scope = !isResource ? '' : name !== '' ? 'resource' : namespace !== '' ? 'namespace' : 'cluster';
  const shown = isResource ? (verbs[verb] ?? 'OTHER') : /^[a-z]{3,7}$/.test(verb) ? verb.toUpperCase() : 'OTHER';
  return `verb="${shown}",group="${safe(group)}",version="${safe(version)}",resource="${safe(resource)}",subresource="${safe(subresource)}",scope="${scope}"`;
}

/** What a client makes up is not counted apart. */
const safe = (text: string): string => (/^[a-z0-9.-]{0,80}$/.test(text) ? text : 'other');

const heading = (name: string, type: string, help: string): string[] => [
  `# HELP ${name} ${help}`,
  `# TYPE ${name} ${type}`,
];

function metric(name: string, type: string, help: string, values: ReadonlyMap<string, number>): string[] {
  return [...heading(name, type, help), ...[...values].map(([labels, value]) => `${name}{${labels}} ${value}`)];
}

function single(name: string, type: string, help: string, value: number): string[] {
  return [...heading(name, type, help), `${name} ${value}`];
}

function storedLines({ store, resources }: Core): string[] {
  const stored = resources
    .all()
    .filter(({ resource }) => resource.storedAs === undefined && resource.verbs.includes('list'))
    .map(({ resource: { plural, group }, prefix }): [string, number] => [
      `resource="${group === '' ? plural : `${plural}.${group}`}"`,
      store.count(prefix),
    ]);
  return metric('apiserver_storage_objects', 'gauge', 'Objects stored, by resource.', new Map(stored));
}

function processLines({ store }: Core): string[] {
  const { rss } = process.memoryUsage;
  const { user, system } = process.cpuUsage();
  const started = Date.now() / 1000 - process.uptime();
  return [
    ...single('croft_store_revision', 'counter', 'The latest revision of the store.', store.revision),
    ...single('croft_store_compacted_revision', 'gauge', 'The oldest revision kept.', store.compactedRevision),
    ...single('process_resident_memory_bytes', 'gauge', 'Resident memory size in bytes.', rss()),
    ...single('process_cpu_seconds_total', 'counter', 'Processor time in seconds.', (user + system) / 1e6),
    ...single('process_start_time_seconds', 'gauge', 'When the process started, in seconds.', started),
  ];
}
