import { OpenApiDocuments } from '@tollgate/http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchAdmin, type LaunchedAdmin } from '../test/launch-admin.js';

let admin: LaunchedAdmin;

beforeAll(async () => {
  admin = await launchAdmin();
});
afterAll(() => admin.stop());

/** Those of the surfaces for programs; portals and health are for everybody. */
function operations() {
  return admin.running.http.nest
    .get(OpenApiDocuments)
    .operations()
    .filter(({ fullPath }) => /^\/(api|scim2)(\/|$)/.test(fullPath));
}

describe('R-75 V-02 operations of the admin process', () => {
  it('are open to nobody but those that were looked at', () => {
    const open = operations().filter(({ auth }) => auth === 'public' || auth === 'optional');
    expect(open.map(({ method, fullPath }) => `${method} ${fullPath}`).toSorted()).toEqual([
      'GET /api/am/admin/v4/openapi.json', // what the surface offers
      'GET /scim2/ResourceTypes', // what SCIM clients ask before they sign in (RFC 7644 section 4)
      'GET /scim2/ResourceTypes/:name',
      'GET /scim2/Schemas',
      'GET /scim2/Schemas/:id',
      'GET /scim2/ServiceProviderConfig',
      'POST /api/am/admin/v4/workflows/:externalWorkflowRef/callback', // proved by the token of its task
      'POST /scim2/Me', // signing up, where the organization lets people
    ]);
  });

  it('answer 401 to everybody who brings no credentials', async () => {
    const closed = operations().filter(({ auth }) => auth !== 'public' && auth !== 'optional');
    expect(closed.length).toBeGreaterThan(60);
    const answers = await Promise.all(
      closed.map(async ({ method, fullPath }) => {
        const path = fullPath.replaceAll(/:\w+/g, 'x');
        return `${method} ${fullPath} ${(await fetch(admin.origin + path, { method })).status}`;
      }),
    );
    expect(answers.filter((answer) => !answer.endsWith(' 401'))).toEqual([]);
  });

  it('V-04 ask for a scope that the role of everybody does not give', async () => {
    const withScope = operations().filter(({ auth }) => (auth ?? 'bearer') === 'bearer');
    const answers = await Promise.all(
      withScope.map(async ({ method, fullPath }) => {
        const headers = { authorization: 'Bearer carbon.super+openid+default' };
        const path = fullPath.replaceAll(/:\w+/g, 'x');
        return `${method} ${fullPath} ${(await fetch(admin.origin + path, { method, headers })).status}`;
      }),
    );
    expect(answers.filter((answer) => !answer.endsWith(' 401'))).toEqual([]);
  });
});
