import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Passkeys1795889652448 implements MigrationInterface {
  name = 'Passkeys1795889652448';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query("CREATE TABLE \"passkey\" (\"id\" integer PRIMARY KEY AUTOINCREMENT NOT NULL, \"uuid\" varchar(36) NOT NULL, \"organization\" varchar(190) NOT NULL, \"userName\" varchar(190) NOT NULL, \"name\" varchar(100) NOT NULL, \"credentialDigest\" varchar(64) NOT NULL, \"credentialId\" text NOT NULL, \"publicKey\" text NOT NULL, \"counter\" bigint NOT NULL DEFAULT (0), \"transports\" text NOT NULL, \"createdAt\" bigint NOT NULL, \"lastUsedAt\" bigint NOT NULL DEFAULT (0), CONSTRAINT \"UQ_fa14b54e2515690328e3fc5d688\" UNIQUE (\"uuid\"), CONSTRAINT \"UQ_3d070b3cc8158b9c579d05d667f\" UNIQUE (\"credentialDigest\"))");
    await runner.query("CREATE INDEX \"ix_passkey_user\" ON \"passkey\" (\"organization\", \"userName\") ");
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query("DROP INDEX \"ix_passkey_user\"");
    await runner.query("DROP TABLE \"passkey\"");
  }
}
