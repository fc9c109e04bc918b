import type { Surface } from '@tollgate/http';

export const publisherSurface: Surface = {
  title: 'Tollgate publisher',
  paragraphs: [
    'The publisher surface: creators describe APIs, import OpenAPI definitions, make revisions and deploy them to gateways; publishers offer them to developers and decide about subscriptions.',
    'It is a REST API for scripts and tools. Calls carry a bearer token that has one of the scopes of the operation; POST /client-registration/v0.17/register makes a client and POST /oauth2/token gives it tokens.',
    'This page lists what can be called; the portal for people is at /publisher.',
  ],
  base: '/api/am/publisher/v4',
  pagePath: '/publisher/reference',
};
