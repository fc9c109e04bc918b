import type { Send } from './surface.js';

export const endpointConfig = { endpoint_type: 'http', production_endpoints: { url: 'http://back.example/' } };

let number = 0;
/** Creates an API of its own name and context and gives its id. */
export async function createApi(send: Send, more: object = {}): Promise<string> {
  number++;
  const created = await send('POST', '/apis', {
    name: `Api${number}`,
    context: `/api${number}`,
    version: '1.0.0',
    policies: ['Unlimited'],
    endpointConfig,
    ...more,
  });
  if (created.status !== 201) throw new Error(`The API was not created: ${JSON.stringify(created.body)}`);
  return created.body['id'] as string;
}

/** Names of the fields that an error speaks of. */
export function fieldsOf(body: Record<string, unknown>): string[] {
  return (body['error'] as { code: string }[]).map((problem) => problem.code);
}

export function listOf(body: Record<string, unknown>): Record<string, unknown>[] {
  return body['list'] as Record<string, unknown>[];
}

export function form(parts: Record<string, string | Blob>): FormData {
  const data = new FormData();
  for (const [name, part] of Object.entries(parts)) data.append(name, part);
  return data;
}

/** A small OpenAPI definition with one operation, GET /menu. */
export function definition(title: string): string {
  return JSON.stringify({
    openapi: '3.0.3',
    info: { title, version: '2.1' },
    paths: { '/menu': { get: { responses: { 200: { description: 'ok' } } } } },
  });
}
