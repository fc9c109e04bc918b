import { z } from 'zod';
import { integer, secret, text, toggle } from '../fields.js';

export const oauth = z.strictObject({
  grant_type: z
    .strictObject({
      password: z
        .strictObject({ enable: toggle('The password grant, for clients of WSO2 that need it.').default(false) })
        .prefault({}),
    })
    .prefault({}),
  token_validation: z
    .strictObject({
      app_access_token_validity: integer('Seconds that an application token lives.', 1).default(3600),
      user_access_token_validity: integer('Seconds that a user token lives.', 1).default(3600),
      refresh_token_validity: integer('Seconds that a refresh token lives.', 1).default(86_400),
    })
    .prefault({}),
});

export const outputAdapter = z.strictObject({
  email: z
    .strictObject({
      from_address: text('Sender of mails.'),
      hostname: text('SMTP server.'),
      port: integer('Its port.', 1, 65_535).default(587),
      username: text('User of the SMTP server.').optional(),
      password: secret('Password of that user.').optional(),
      enable_start_tls: toggle('Change to TLS after connecting.').default(true),
      enable_tls: toggle('TLS from the first byte.').default(false),
    })
    .optional()
    .describe('Without it no mail is sent.'),
});
