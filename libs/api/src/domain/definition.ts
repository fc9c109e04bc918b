import { alignAsyncDefinition, generateAsyncDefinition } from './asyncapi/write-async-definition.js';
import { alignDefinition, generateDefinition, type DefinedApi } from './openapi/write-definition.js';

/** A new definition, in the language of the API's type: OpenAPI, or AsyncAPI for topics. */
export function generateDefinitionOf(api: DefinedApi, openApiVersion?: 'v2' | 'v3'): string {
  return isOfTopics(api.body.type) ? generateAsyncDefinition(api) : generateDefinition(api, openApiVersion);
}

/** The stored definition with what the API says. @param text JSON */
export function alignDefinitionOf(text: string, api: DefinedApi): string {
  return isOfTopics(api.body.type) ? alignAsyncDefinition(text, api) : alignDefinition(text, api);
}

/** Whether APIs of that type have topics, which AsyncAPI describes. */
export function isOfTopics(type: string | undefined): boolean {
  return type === 'WS' || type === 'SSE';
}
