import { z } from 'zod';
import { integer, secret, text } from '../fields.js';

export const server = z.strictObject({
  hostname: text(
    'Name under which people reach this process; in addresses that are shown and in the issuer of tokens.',
  ).default('localhost'),
  offset: integer('Added to every port of this process.', 0, 50_000).default(0),
  node_ip: text('Address of this node, for information.').optional(),
});

export const superAdmin = z.strictObject({
  username: text('Name of the first administrator.').default('admin'),
  password: secret(
    'Password of the first administrator. When it is left out one is made at the first start and printed once.',
  ).optional(),
  create_admin_account: z.boolean().optional().describe('Taken for compatibility; the account is always made.'),
});

export const database = z.strictObject({
  apim_db: z
    .strictObject({
      type: z
        .enum(['sqlite', 'mysql', 'mariadb'])
        .default('sqlite')
        .describe('`sqlite` is the embedded default; use `mariadb` for MariaDB and `mysql` for MySQL.'),
      file: text('SQLite file; default `tollgate.db` in the data folder.').optional(),
      url: secret('`mysql://user:password@host:port/name`, instead of the single keys.').optional(),
      hostname: text('Host of the server.').optional(),
      port: integer('Port of the server, default 3306.', 1, 65_535).optional(),
      name: text('Name of the database, default `apim_db`.').optional(),
      username: text('User of the database.').optional(),
      password: secret('Password of that user.').optional(),
      pool_size: integer('Connections that this process keeps at most.', 1, 1000).default(10),
    })
    .prefault({}),
});
