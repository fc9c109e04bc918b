import type { MigrationInterface, QueryRunner } from 'typeorm';

export class SecondFactors1795861553425 implements MigrationInterface {
  name = 'SecondFactors1795861553425';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query("CREATE TABLE \"password_reset\" (\"id\" integer PRIMARY KEY AUTOINCREMENT NOT NULL, \"tokenDigest\" varchar(64) NOT NULL, \"organization\" varchar(190) NOT NULL, \"userName\" varchar(190) NOT NULL, \"stateDigest\" varchar(64) NOT NULL, \"used\" boolean NOT NULL DEFAULT (0), \"createdAt\" bigint NOT NULL, \"expiresAt\" bigint NOT NULL, CONSTRAINT \"UQ_2c8ba18c29ea22449cee2604f57\" UNIQUE (\"tokenDigest\"))");
    await runner.query("CREATE INDEX \"ix_password_reset_expires\" ON \"password_reset\" (\"expiresAt\") ");
    await runner.query("CREATE INDEX \"ix_password_reset_user\" ON \"password_reset\" (\"organization\", \"userName\") ");
    await runner.query("CREATE TABLE \"totp_factor\" (\"id\" integer PRIMARY KEY AUTOINCREMENT NOT NULL, \"organization\" varchar(190) NOT NULL, \"userName\" varchar(190) NOT NULL, \"secretSealed\" text NOT NULL, \"confirmed\" boolean NOT NULL DEFAULT (0), \"lastStep\" bigint NOT NULL DEFAULT (0), \"createdAt\" bigint NOT NULL, CONSTRAINT \"uq_totp_factor_user\" UNIQUE (\"organization\", \"userName\"))");
    await runner.query("CREATE TABLE \"recovery_code\" (\"id\" integer PRIMARY KEY AUTOINCREMENT NOT NULL, \"organization\" varchar(190) NOT NULL, \"userName\" varchar(190) NOT NULL, \"codeDigest\" varchar(64) NOT NULL)");
    await runner.query("CREATE INDEX \"ix_recovery_code_user\" ON \"recovery_code\" (\"organization\", \"userName\") ");
    await runner.query("CREATE TABLE \"temporary_organization\" (\"id\" integer PRIMARY KEY AUTOINCREMENT NOT NULL, \"uuid\" varchar(36) NOT NULL, \"domain\" varchar(190) NOT NULL, \"active\" boolean NOT NULL DEFAULT (1), \"createdAt\" bigint NOT NULL, \"selfSignUp\" text, \"secondFactorRoles\" text, CONSTRAINT \"UQ_59f940b5775a9ccf5c2f094c8af\" UNIQUE (\"uuid\"), CONSTRAINT \"UQ_8fda796a2b3388e30c01d5fa5ee\" UNIQUE (\"domain\"))");
    await runner.query("INSERT INTO \"temporary_organization\"(\"id\", \"uuid\", \"domain\", \"active\", \"createdAt\", \"selfSignUp\") SELECT \"id\", \"uuid\", \"domain\", \"active\", \"createdAt\", \"selfSignUp\" FROM \"organization\"");
    await runner.query("DROP TABLE \"organization\"");
    await runner.query("ALTER TABLE \"temporary_organization\" RENAME TO \"organization\"");
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query("ALTER TABLE \"organization\" RENAME TO \"temporary_organization\"");
    await runner.query("CREATE TABLE \"organization\" (\"id\" integer PRIMARY KEY AUTOINCREMENT NOT NULL, \"uuid\" varchar(36) NOT NULL, \"domain\" varchar(190) NOT NULL, \"active\" boolean NOT NULL DEFAULT (1), \"createdAt\" bigint NOT NULL, \"selfSignUp\" text, CONSTRAINT \"UQ_59f940b5775a9ccf5c2f094c8af\" UNIQUE (\"uuid\"), CONSTRAINT \"UQ_8fda796a2b3388e30c01d5fa5ee\" UNIQUE (\"domain\"))");
    await runner.query("INSERT INTO \"organization\"(\"id\", \"uuid\", \"domain\", \"active\", \"createdAt\", \"selfSignUp\") SELECT \"id\", \"uuid\", \"domain\", \"active\", \"createdAt\", \"selfSignUp\" FROM \"temporary_organization\"");
    await runner.query("DROP TABLE \"temporary_organization\"");
    await runner.query("DROP INDEX \"ix_recovery_code_user\"");
    await runner.query("DROP TABLE \"recovery_code\"");
    await runner.query("DROP TABLE \"totp_factor\"");
    await runner.query("DROP INDEX \"ix_password_reset_user\"");
    await runner.query("DROP INDEX \"ix_password_reset_expires\"");
    await runner.query("DROP TABLE \"password_reset\"");
  }
}
