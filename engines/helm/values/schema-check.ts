import { isJsonObject, type Json, type JsonObject, jsonEqual } from '@croft/foundation/json';
import { getReferenced, type Schema, type SchemaDocument } from './schema-document.ts';
import { groupErrors, quoteAll, quoteSingle, type SchemaError, schemaError } from './schema-error.ts';
import {
  checkBounds,
  checkNumber,
  checkText,
  findTypeProblem,
  formatProblem,
  limit,
  matches,
} from './schema-scalar.ts';

type Path = readonly string[];

/** What a schema finds, and which members it has looked at. */
interface Finding {
  errors: SchemaError[];
  seen: Set<string>;
}

const MAX_DEPTH = 500;

/** Checks a value against a schema, in the order and the words of santhosh-tekuri/jsonschema. */
export function checkSchema(document: SchemaDocument, schema: Schema, value: Json, path: Path, depth = 0): Finding {
  const finding: Finding = { errors: [], seen: new Set() };
  const fail = (text: string, causes: readonly SchemaError[] = []) => {
    finding.errors.push(schemaError(path, text, causes));
    return finding;
  };
  if (schema === true) return finding;
  if (schema === false) return fail('false schema');
  if (depth > MAX_DEPTH) throw new Error('the schema refers to itself without end');
  const typeProblem = findTypeProblem(document, schema, value) ?? formatProblem(document, schema, value);
  if (typeProblem !== undefined) return fail(typeProblem);
  const check = new Check(document, schema, path, depth, finding);
  if (check.reference(value)) return finding;
  if (isJsonObject(value)) check.object(value);
  else if (Array.isArray(value)) check.array(value);
  else if (typeof value === 'string') checkText(schema, value, fail);
  else if (typeof value === 'number') checkNumber(schema, value, fail);
  check.conditions(value);
  check.unevaluated(value);
  return finding;
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'boolean' || isJsonObject(value);
}

function schemasIn(value: unknown): [string, Schema][] {
  if (!isJsonObject(value)) return [];
  return Object.entries(value).filter((entry): entry is [string, Schema] => isSchema(entry[1]));
}

function schemaOf(table: unknown, key: string): Schema | undefined {
  if (!isJsonObject(table) || !Object.hasOwn(table, key)) return undefined;
  const schema = table[key];
  return isSchema(schema) ? schema : undefined;
}

function textsIn(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

/** The keywords that look into a value or ask other schemas about it. */
class Check {
  readonly #document: SchemaDocument;
  readonly #schema: JsonObject;
  readonly #path: Path;
  readonly #depth: number;
  readonly #into: Finding;

  constructor(document: SchemaDocument, schema: JsonObject, path: Path, depth: number, into: Finding) {
    this.#document = document;
    this.#schema = schema;
    this.#path = path;
    this.#depth = depth;
    this.#into = into;
  }

  #fail(text: string, causes: readonly SchemaError[] = []): void {
    this.#into.errors.push(schemaError(this.#path, text, causes));
  }

  /** What another schema says of the same value; what it looked at counts when it found nothing wrong. */
  #ask(schema: Schema, value: Json): SchemaError | undefined {
    const found = checkSchema(this.#document, schema, value, this.#path, this.#depth + 1);
    if (found.errors.length === 0) for (const key of found.seen) this.#into.seen.add(key);
    return groupErrors(this.#path, found.errors);
  }

  #add(error: SchemaError | undefined): void {
    if (error !== undefined) this.#into.errors.push(error);
  }

  #member(schema: Schema, value: Json, key: string): void {
    const path = [...this.#path, key];
    this.#add(groupErrors(path, checkSchema(this.#document, schema, value, path, this.#depth + 1).errors));
  }

  /** Follows `$ref`. True when nothing else of the schema counts, as before 2019. */
  reference(value: Json): boolean {
    const { $ref, $recursiveRef, $dynamicRef } = this.#schema;
    if ($ref === undefined && $recursiveRef === undefined && $dynamicRef === undefined) return false;
    for (const name of [$ref, $recursiveRef, $dynamicRef]) {
      if (typeof name !== 'string') continue;
      const error = this.#ask(getReferenced(this.#document, name), value);
      if (error !== undefined) {
        const causes = error.kind === 'group' ? error.causes : [error];
        this.#into.errors.push({ path: this.#path, text: 'validation failed', causes, kind: 'reference' });
      }
      if (this.#document.draft < 2019) return true;
    }
    return false;
  }

  object(value: JsonObject): void {
    const schema = this.#schema;
    checkBounds(schema, 'minProperties', 'maxProperties', Object.keys(value).length, (text) => this.#fail(text));
    if (schema.required !== undefined) this.#required(schema.required, value);
    this.#properties(value);
    const { draft } = this.#document;
    if (draft >= 6 && isSchema(schema.propertyNames)) this.#propertyNames(schema.propertyNames, value);
    const { dependencies, dependentSchemas, dependentRequired } = schema;
    this.#dependentSchemas(dependencies, value);
    if (draft >= 2019) this.#dependentSchemas(dependentSchemas, value);
    this.#dependentRequired(dependencies, value);
    if (draft >= 2019) this.#dependentRequired(dependentRequired, value);
  }

  #required(required: Json, value: JsonObject): void {
    const missing = textsIn(required).filter((key) => !Object.hasOwn(value, key));
    if (missing.length === 0) return;
    this.#fail(`missing ${missing.length === 1 ? 'property' : 'properties'} ${quoteAll(missing)}`);
  }

  #dependentSchemas(dependent: unknown, value: JsonObject): void {
    for (const [key, schema] of schemasIn(dependent)) {
      if (Object.hasOwn(value, key)) this.#add(this.#ask(schema, value));
    }
  }

  #properties(value: JsonObject): void {
    const { properties, patternProperties, additionalProperties } = this.#schema;
    const patterns = schemasIn(patternProperties);
    const extra: string[] = [];
    for (const [key, item] of Object.entries(value)) {
      const own = schemaOf(properties, key);
      if (own !== undefined) this.#member(own, item, key);
      let isNamed = own !== undefined;
      for (const [pattern, schema] of patterns) {
        if (!matches(pattern, key)) continue;
        this.#member(schema, item, key);
        isNamed = true;
      }
      if (!isNamed && additionalProperties === false) extra.push(key);
      else if (!isNamed && isSchema(additionalProperties)) this.#member(additionalProperties, item, key);
      if (isNamed || additionalProperties !== undefined) this.#into.seen.add(key);
    }
    if (extra.length > 0) this.#fail(`additional properties ${quoteAll(extra)} not allowed`);
  }

  #propertyNames(schema: Schema, value: JsonObject): void {
    for (const key of Object.keys(value)) {
      // Names are checked as values of their own, which have no place.
      const { errors } = checkSchema(this.#document, schema, key, [], this.#depth + 1);
      if (errors.length > 0)
        this.#into.errors.push(schemaError([], `invalid propertyName ${quoteSingle(key)}`, errors));
    }
  }

  #dependentRequired(dependencies: unknown, value: JsonObject): void {
    if (!isJsonObject(dependencies)) return;
    for (const [key, needed] of Object.entries(dependencies)) {
      const missing = Object.hasOwn(value, key) ? textsIn(needed).filter((name) => !Object.hasOwn(value, name)) : [];
      if (missing.length > 0) this.#fail(`properties ${quoteAll(missing)} required, if ${quoteSingle(key)} exists`);
    }
  }

  array(value: Json[]): void {
    const { uniqueItems, contains } = this.#schema;
    checkBounds(this.#schema, 'minItems', 'maxItems', value.length, (text) => this.#fail(text));
    if (uniqueItems === true) {
      const second = value.findIndex((item, i) => value.slice(0, i).some((other) => jsonEqual(item, other)));
      const first = value.findIndex((item) => jsonEqual(item, value[second] ?? null));
      if (second >= 0) this.#fail(`items at ${first} and ${second} are equal`);
    }
    this.#items(value);
    if (this.#document.draft >= 6 && isSchema(contains)) this.#contains(contains, value);
  }

  #items(value: Json[]): void {
    const { items, prefixItems, additionalItems } = this.#schema;
    const isNew = this.#document.draft >= 2020;
    const leading = isNew ? prefixItems : items;
    const rest = isNew ? items : Array.isArray(items) ? additionalItems : items;
    const first = Array.isArray(leading) ? leading.filter(isSchema) : [];
    for (const [i, item] of value.entries()) {
      const own = first[i];
      // What comes after the first ones is counted anew in errors.
      const place = String(Array.isArray(leading) ? i - first.length : i);
      if (own !== undefined) this.#member(own, item, String(i));
      else if (!isNew && Array.isArray(items) && rest === false) {
        this.#fail(`last ${value.length - i} additionalItem(s) not allowed`);
        break;
      } else if (isSchema(rest)) this.#member(rest, item, place);
      if (own !== undefined || isSchema(rest)) this.#into.seen.add(String(i));
    }
  }

  #contains(schema: Schema, value: Json[]): void {
    const results = value.map((item, i) => {
      const path = [...this.#path, String(i)];
      return groupErrors(path, checkSchema(this.#document, schema, item, path, this.#depth + 1).errors);
    });
    const found = results.flatMap((error, i) => (error === undefined ? [i] : []));
    const errors = results.filter((error) => error !== undefined);
    for (const i of found) this.#into.seen.add(String(i));
    const least = limit(this.#schema, 'minContains') ?? 1;
    const most = limit(this.#schema, 'maxContains');
    if (found.length === 0 && least > 0) {
      const isOld = limit(this.#schema, 'minContains') === undefined;
      this.#fail(
        isOld
          ? 'no items match contains schema'
          : `min ${least} items required to match contains schema, but none matched`,
        errors,
      );
    } else if (found.length < least) {
      this.#fail(
        `min ${least} items required to match contains schema, but matched ${found.length} items at ${found.join(' ')}`,
        errors,
      );
    }
    if (most !== undefined && found.length > most) {
      this.#fail(
        `max ${most} items required to match contains schema, but matched ${found.length} items at ${found.join(' ')}`,
      );
    }
  }

  conditions(value: Json): void {
    const schema = this.#schema;
    if (isSchema(schema.not) && this.#ask(schema.not, value) === undefined) this.#fail("'not' failed");
    this.#combined('allOf', value);
    this.#combined('anyOf', value);
    this.#combined('oneOf', value);
    if (this.#document.draft < 7 || !isSchema(schema.if)) return;
    const chosen = this.#ask(schema.if, value) === undefined ? schema.then : schema.else;
    if (isSchema(chosen)) this.#add(this.#ask(chosen, value));
  }

  #combined(keyword: 'allOf' | 'anyOf' | 'oneOf', value: Json): void {
    const list = this.#schema[keyword];
    if (!Array.isArray(list)) return;
    const results = list.filter(isSchema).map((schema) => this.#ask(schema, value));
    const errors = results.filter((error) => error !== undefined);
    const fitting = results.flatMap((error, i) => (error === undefined ? [i] : []));
    if (keyword === 'allOf' && errors.length > 0) this.#fail("'allOf' failed", errors);
    if (keyword === 'anyOf' && fitting.length === 0) this.#fail("'anyOf' failed", errors);
    if (keyword !== 'oneOf' || fitting.length === 1) return;
    if (fitting.length === 0) this.#fail("'oneOf' failed, none matched", errors);
    else this.#fail(`'oneOf' failed, subschemas ${fitting[0]}, ${fitting[1]} matched`);
  }

  unevaluated(value: Json): void {
    const { unevaluatedProperties, unevaluatedItems } = this.#schema;
    const rest = isJsonObject(value) ? unevaluatedProperties : Array.isArray(value) ? unevaluatedItems : undefined;
    if (this.#document.draft < 2019 || !isSchema(rest) || typeof value !== 'object' || value === null) return;
    for (const [key, item] of Object.entries(value)) {
      if (!this.#into.seen.has(key)) this.#member(rest, item, key);
      this.#into.seen.add(key);
    }
  }
}
