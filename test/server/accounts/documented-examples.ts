/** A request as the API's document shows it. */
export interface DocumentedRequest {
  /** Like `POST /campaigns`. */
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
}

interface Schema {
  readonly $ref?: string;
  readonly example?: unknown;
  readonly examples?: readonly unknown[];
}

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly example?: unknown;
  readonly schema?: Schema;
}

interface Operation {
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema?: Schema }>> };
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

/** Every operation that takes a query or JSON, with all of its examples; an id in the address is `id`. */
export function documentedRequests(document: Document, id: number): DocumentedRequest[] {
  const exampleOf = (schema: Schema | undefined): unknown =>
    schema?.$ref === undefined
      ? (schema?.example ?? schema?.examples?.[0])
      : exampleOf(document.components.schemas[schema.$ref.split('/').at(-1) ?? '']);
  return Object.entries(document.paths).flatMap(([address, methods]) =>
    Object.entries(methods).flatMap(([method, { parameters = [], requestBody }]) => {
      const shown = parameters.map((each) => ({ ...each, shown: each.example ?? exampleOf(each.schema) }));
      const query = new URLSearchParams(
        shown
          .filter((each) => each.in === 'query' && each.shown !== undefined)
          .map((each): [string, string] => [each.name, String(each.shown)]),
      );
      const body = exampleOf(requestBody?.content['application/json']?.schema);
      if (body === undefined && query.size === 0) return [];
      const path = address.replace(/\{(\w+)\}/g, (_, name) =>
        name === 'id' ? String(id) : String(shown.find((each) => each.name === name)?.shown ?? name),
      );
      const name = `${method.toUpperCase()} ${address}`;
      return [
        { name, method: method.toUpperCase(), path: `${path}${query.size === 0 ? '' : `?${query}`}`, body },
      ];
    }),
  );
}
