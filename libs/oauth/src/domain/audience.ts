/**
 * Audience of tokens that open the management surfaces (publisher, devportal, admin). Only clients without an
 * application get it, so a token made for calling APIs never opens them, whatever its scopes say.
 */
export const managementAudience = 'urn:tollgate:management';
