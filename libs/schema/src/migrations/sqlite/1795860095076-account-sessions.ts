import type { MigrationInterface, QueryRunner } from 'typeorm';

export class AccountSessions1795860095076 implements MigrationInterface {
  name = 'AccountSessions1795860095076';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query("DROP INDEX \"ix_portal_session_expires\"");
    await runner.query("CREATE TABLE \"temporary_portal_session\" (\"id\" integer PRIMARY KEY AUTOINCREMENT NOT NULL, \"tokenDigest\" varchar(64) NOT NULL, \"portal\" varchar(16) NOT NULL, \"organization\" varchar(190) NOT NULL, \"userName\" varchar(190) NOT NULL, \"scopes\" text NOT NULL, \"tokens\" text NOT NULL, \"accessExpiresAt\" bigint NOT NULL, \"renewals\" integer NOT NULL, \"renewingUntil\" bigint NOT NULL, \"expiresAt\" bigint NOT NULL, \"signInSessionUuid\" varchar(36), CONSTRAINT \"UQ_72fc6744dd60ae6a7b7c7f3bdb8\" UNIQUE (\"tokenDigest\"))");
    await runner.query("INSERT INTO \"temporary_portal_session\"(\"id\", \"tokenDigest\", \"portal\", \"organization\", \"userName\", \"scopes\", \"tokens\", \"accessExpiresAt\", \"renewals\", \"renewingUntil\", \"expiresAt\") SELECT \"id\", \"tokenDigest\", \"portal\", \"organization\", \"userName\", \"scopes\", \"tokens\", \"accessExpiresAt\", \"renewals\", \"renewingUntil\", \"expiresAt\" FROM \"portal_session\"");
    await runner.query("DROP TABLE \"portal_session\"");
    await runner.query("ALTER TABLE \"temporary_portal_session\" RENAME TO \"portal_session\"");
    await runner.query("CREATE INDEX \"ix_portal_session_expires\" ON \"portal_session\" (\"expiresAt\") ");
    await runner.query("CREATE INDEX \"ix_portal_session_sign_in\" ON \"portal_session\" (\"signInSessionUuid\") ");
    await runner.query("CREATE INDEX \"ix_portal_session_user\" ON \"portal_session\" (\"organization\", \"userName\") ");
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query("DROP INDEX \"ix_portal_session_user\"");
    await runner.query("DROP INDEX \"ix_portal_session_sign_in\"");
    await runner.query("DROP INDEX \"ix_portal_session_expires\"");
    await runner.query("ALTER TABLE \"portal_session\" RENAME TO \"temporary_portal_session\"");
    await runner.query("CREATE TABLE \"portal_session\" (\"id\" integer PRIMARY KEY AUTOINCREMENT NOT NULL, \"tokenDigest\" varchar(64) NOT NULL, \"portal\" varchar(16) NOT NULL, \"organization\" varchar(190) NOT NULL, \"userName\" varchar(190) NOT NULL, \"scopes\" text NOT NULL, \"tokens\" text NOT NULL, \"accessExpiresAt\" bigint NOT NULL, \"renewals\" integer NOT NULL, \"renewingUntil\" bigint NOT NULL, \"expiresAt\" bigint NOT NULL, CONSTRAINT \"UQ_72fc6744dd60ae6a7b7c7f3bdb8\" UNIQUE (\"tokenDigest\"))");
    await runner.query("INSERT INTO \"portal_session\"(\"id\", \"tokenDigest\", \"portal\", \"organization\", \"userName\", \"scopes\", \"tokens\", \"accessExpiresAt\", \"renewals\", \"renewingUntil\", \"expiresAt\") SELECT \"id\", \"tokenDigest\", \"portal\", \"organization\", \"userName\", \"scopes\", \"tokens\", \"accessExpiresAt\", \"renewals\", \"renewingUntil\", \"expiresAt\" FROM \"temporary_portal_session\"");
    await runner.query("DROP TABLE \"temporary_portal_session\"");
    await runner.query("CREATE INDEX \"ix_portal_session_expires\" ON \"portal_session\" (\"expiresAt\") ");
  }
}
