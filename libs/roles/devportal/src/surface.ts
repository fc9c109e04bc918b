import type { Surface } from '@tollgate/http';

export const devportalSurface: Surface = {
  title: 'Tollgate developer portal',
  paragraphs: [
    'The developer surface: developers find published APIs, make applications, subscribe them, and get keys and tokens to call the APIs with.',
    'It is a REST API for scripts and tools. Calls carry a bearer token that has one of the scopes of the operation; POST /client-registration/v0.17/register makes a client and POST /oauth2/token gives it tokens. Published APIs are listed without a token too.',
    'This page lists what can be called; the portal for people is at /devportal.',
  ],
  base: '/api/am/devportal/v3',
  pagePath: '/devportal/reference',
};
