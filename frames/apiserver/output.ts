import type { UnknownObject } from '@croft/api/object';
import type { Status } from '@croft/api/status';
import { toValue } from '@croft/encoding/json/decode';
import { writeYaml } from '@croft/encoding/yaml/write';
import type { Entry } from '@croft/store/contract';
import { notAcceptable } from './failures.ts';
import type { TableRules } from './kind-rules.ts';
import type { Representation } from './negotiate.ts';
import { renderProtobuf } from './protobuf/answer.ts';
import { protobufType } from './protobuf/body.ts';
import type { Listed } from './read.ts';
import type { ApiResponse } from './request.ts';
import type { ServedResource } from './served-resource.ts';
import { type IncludeObject, partialObject, renderTable } from './table.ts';

/** How an answer is to look. */
export interface Form {
  readonly representation: Representation;
  readonly include: IncludeObject;
  readonly nowMs: number;
}

/** JSON ends with a line break, as Kubernetes' does; bytes bring their own. */
export function respondText(status: number, text: string | Buffer, form: Representation, headers = {}): ApiResponse {
  if (form.media === 'application/json') {
    return {
      status,
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof text === 'string' ? `${text}\n` : text,
    };
  }
  if (form.media === protobufType) {
    const body = renderProtobuf(JSON.parse(text.toString()) as UnknownObject);
    return { status, headers: { 'content-type': form.media, ...headers }, body };
  }
  const body = writeYaml(toValue(JSON.parse(text.toString())));
  return { status, headers: { 'content-type': form.media, ...headers }, body };
}

export function respondStatus(status: Status, headers: Record<string, string> = {}): ApiResponse {
  return {
    status: status.code ?? 200,
    headers: { 'content-type': 'application/json', ...headers },
    body: `${JSON.stringify(status)}\n`,
  };
}

/** One object; `text` is how the version asked for shows it, `table` the columns of what is not of the resource's kind. */
export function renderObjectAs(
  served: ServedResource,
  text: string,
  form: Form,
  table: TableRules | undefined = served.rules.table,
): string {
  const { as, version = 'v1' } = form.representation;
  if (as === undefined || as === 'APIGroupDiscoveryList') return text;
  if (as === 'PartialObjectMetadataList') {
    throw notAcceptable(
      `you requested PartialObjectMetadataList, but the requested object is not a list (${served.resource.kind})`,
    );
  }
  const object = JSON.parse(text) as UnknownObject;
  if (as === 'PartialObjectMetadata') return JSON.stringify(partialObject(object, version));
  const metadata = { resourceVersion: object.metadata?.resourceVersion };
  const { include, nowMs } = form;
  return JSON.stringify(renderTable(table, [object], metadata, { version, include, nowMs, withColumns: true }));
}

export function renderListAs(served: ServedResource, listed: Listed, form: Form): string | Buffer {
  const { as, version = 'v1' } = form.representation;
  if (as === undefined || as === 'APIGroupDiscoveryList') return renderList(served, listed);
  if (as === 'PartialObjectMetadata') {
    throw notAcceptable(`you requested PartialObjectMetadata, but the requested object is a list (${served.listKind})`);
  }
  const objects = listed.entries.map((entry) => JSON.parse(served.textOf(entry)) as UnknownObject);
  const metadata = listMetadata(listed);
  if (as === 'PartialObjectMetadataList') {
    const items = objects.map((object) => partialObject(object, version));
    return JSON.stringify({ kind: as, apiVersion: `meta.k8s.io/${version}`, metadata, items });
  }
  const { include, nowMs } = form;
  return JSON.stringify(
    renderTable(served.rules.table, objects, metadata, { version, include, nowMs, withColumns: true }),
  );
}

function listMetadata({ revision, continueToken, remaining }: Listed): Record<string, unknown> {
  return {
    resourceVersion: String(revision),
    ...(continueToken === '' ? {} : { continue: continueToken }),
    ...(remaining === undefined ? {} : { remainingItemCount: remaining }),
  };
}

/** The stored texts side by side: nothing is parsed. Items of built-in kinds have no kind and apiVersion of their own. */
function renderList(served: ServedResource, listed: Listed): Buffer {
  const metadata = served.custom ? { continue: '', ...listMetadata(listed) } : listMetadata(listed);
  const { listKind, apiVersion } = served;
  const head = JSON.stringify({ kind: listKind, apiVersion, metadata });
  return joinTexts(`${head.slice(0, -1)},"items":[`, itemTexts(served, listed.entries), ']}\n');
}

/** Written straight into the bytes that are sent: joining long texts first would cost as much again. */
function joinTexts(head: string, texts: readonly string[], tail: string): Buffer {
  let size = Buffer.byteLength(head) + tail.length + texts.length;
  for (const text of texts) size += Buffer.byteLength(text);
  const bytes = Buffer.allocUnsafe(size);
  let at = bytes.write(head, 0);
  for (const [index, text] of texts.entries()) {
    if (index > 0) bytes[at++] = comma;
    at += bytes.write(text, at);
  }
  return bytes.subarray(0, at + bytes.write(tail, at));
}

const comma = 0x2c;

export function itemTexts(served: ServedResource, entries: readonly Entry[]): string[] {
  if (served.custom) return entries.map((entry) => served.textOf(entry));
  return entries.map((entry) => {
    const text = served.textOf(entry);
    return text.startsWith(served.head) ? `{${text.slice(served.head.length)}` : text;
  });
}
