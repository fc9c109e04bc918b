import type { MigrationInterface, QueryRunner } from 'typeorm';

export class PortalSessions1795846172605 implements MigrationInterface {
  name = 'PortalSessions1795846172605';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query("CREATE TABLE \"portal_session\" (\"id\" integer PRIMARY KEY AUTOINCREMENT NOT NULL, \"tokenDigest\" varchar(64) NOT NULL, \"portal\" varchar(16) NOT NULL, \"organization\" varchar(190) NOT NULL, \"userName\" varchar(190) NOT NULL, \"scopes\" text NOT NULL, \"tokens\" text NOT NULL, \"accessExpiresAt\" bigint NOT NULL, \"renewals\" integer NOT NULL, \"renewingUntil\" bigint NOT NULL, \"expiresAt\" bigint NOT NULL, CONSTRAINT \"UQ_72fc6744dd60ae6a7b7c7f3bdb8\" UNIQUE (\"tokenDigest\"))");
    await runner.query("CREATE INDEX \"ix_portal_session_expires\" ON \"portal_session\" (\"expiresAt\") ");
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query("DROP INDEX \"ix_portal_session_expires\"");
    await runner.query("DROP TABLE \"portal_session\"");
  }
}
