import { useMutation, useQueryClient } from '@tanstack/react-query';
import { rest } from '../rest';
import type { Api, DefinitionCheck, Environment, Revision } from '../types';
import { targetsOf } from './revisions';

/** Where the definition of a new API comes from. */
export type Source =
  | { readonly kind: 'scratch' }
  | { readonly kind: 'file'; readonly file: File }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'url'; readonly url: string };

export interface NewApi {
  readonly name: string;
  readonly context: string;
  readonly version: string;
  readonly endpoint: string;
  readonly policies: readonly string[];
}

function formOf(source: Source): FormData {
  const form = new FormData();
  if (source.kind === 'file') form.set('file', source.file);
  if (source.kind === 'text') form.set('inlineAPIDefinition', source.text);
  if (source.kind === 'url') form.set('url', source.url);
  return form;
}

export function useCheckDefinition() {
  return useMutation({
    meta: { shownInForm: true },
    mutationFn: (source: Source) =>
      rest.send<DefinitionCheck>('POST', '/apis/validate-openapi', { form: formOf(source) }),
  });
}

export function useCreateApi() {
  const client = useQueryClient();
  return useMutation({
    meta: { shownInForm: true },
    mutationFn: ({ source, api }: { source: Source; api: NewApi }) => create(source, api),
    onSuccess: () => client.invalidateQueries({ queryKey: ['apis'] }),
  });
}

function create(source: Source, { name, context, version, endpoint, policies }: NewApi): Promise<Api> {
  const url = endpoint === '' ? undefined : { url: endpoint };
  const body = {
    name,
    context,
    version,
    policies,
    ...(url ? { endpointConfig: { endpoint_type: 'http', production_endpoints: url, sandbox_endpoints: url } } : {}),
  };
  if (source.kind === 'scratch') return rest.send<Api>('POST', '/apis', { json: body });
  const form = formOf(source);
  form.set('additionalProperties', JSON.stringify(body));
  return rest.send<Api>('POST', '/apis/import-openapi', { form });
}

/** What follows the creation of an API that shall be callable at once, in order. */
export const publishSteps = ['revision', 'deploy', 'publish'] as const;
export type PublishStep = (typeof publishSteps)[number];

/** Makes the first revision, deploys it everywhere and publishes. Calls `onStep` before each step, so that a failure has a place. */
export async function publishNewApi(
  apiId: string,
  environments: readonly Environment[],
  onStep: (step: PublishStep) => void,
): Promise<void> {
  onStep('revision');
  const { id } = await rest.send<Revision>('POST', `/apis/${apiId}/revisions`, { json: { description: '' } });
  onStep('deploy');
  await rest.send('POST', `/apis/${apiId}/deploy-revision`, {
    query: { revisionId: id },
    json: targetsOf(environments),
  });
  onStep('publish');
  await rest.send('POST', '/apis/change-lifecycle', { query: { apiId, action: 'Publish' } });
}
