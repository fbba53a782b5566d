import type { Core } from './core.ts';

/** Counts what the server does, in the text form of Prometheus. */
export class Metrics {
  readonly #requests = new Map<string, number>();
  readonly #more: () => string;

  /** `more` gives what other parts of the process measure, in the same form. */
  constructor(more: () => string = () => '') {
    this.#more = more;
  }

  count(method: string, code: number): void {
    const key = `method="${/^[A-Z]+$/.test(method) ? method : 'OTHER'}",code="${code}"`;
    this.#requests.set(key, (this.#requests.get(key) ?? 0) + 1);
  }

  render({ store, resources }: Core): string {
    const lines = [
      '# HELP apiserver_request_total Requests answered, by method and status code.',
      '# TYPE apiserver_request_total counter',
      ...[...this.#requests].map(([labels, count]) => `apiserver_request_total{${labels}} ${count}`),
      '# HELP apiserver_storage_objects Objects stored, by resource.',
      '# TYPE apiserver_storage_objects gauge',
    ];
    for (const { resource, prefix } of resources.all()) {
      if (resource.storedAs !== undefined || !resource.verbs.includes('list')) continue;
      const name = resource.group === '' ? resource.plural : `${resource.plural}.${resource.group}`;
      lines.push(`apiserver_storage_objects{resource="${name}"} ${store.count(prefix)}`);
    }
    lines.push(
      '# HELP croft_store_revision The latest revision of the store.',
      '# TYPE croft_store_revision counter',
      `croft_store_revision ${store.revision}`,
      '# HELP process_resident_memory_bytes Resident memory size in bytes.',
      '# TYPE process_resident_memory_bytes gauge',
      `process_resident_memory_bytes ${process.memoryUsage.rss()}`,
    );
    return `${lines.join('\n')}\n${this.#more()}`;
  }
}
