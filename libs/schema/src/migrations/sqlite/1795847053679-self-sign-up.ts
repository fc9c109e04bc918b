import type { MigrationInterface, QueryRunner } from 'typeorm';

export class SelfSignUp1795847053679 implements MigrationInterface {
  name = 'SelfSignUp1795847053679';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query("CREATE TABLE \"temporary_organization\" (\"id\" integer PRIMARY KEY AUTOINCREMENT NOT NULL, \"uuid\" varchar(36) NOT NULL, \"domain\" varchar(190) NOT NULL, \"active\" boolean NOT NULL DEFAULT (1), \"createdAt\" bigint NOT NULL, \"selfSignUp\" text, CONSTRAINT \"UQ_8fda796a2b3388e30c01d5fa5ee\" UNIQUE (\"domain\"), CONSTRAINT \"UQ_59f940b5775a9ccf5c2f094c8af\" UNIQUE (\"uuid\"))");
    await runner.query("INSERT INTO \"temporary_organization\"(\"id\", \"uuid\", \"domain\", \"active\", \"createdAt\") SELECT \"id\", \"uuid\", \"domain\", \"active\", \"createdAt\" FROM \"organization\"");
    await runner.query("DROP TABLE \"organization\"");
    await runner.query("ALTER TABLE \"temporary_organization\" RENAME TO \"organization\"");
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query("ALTER TABLE \"organization\" RENAME TO \"temporary_organization\"");
    await runner.query("CREATE TABLE \"organization\" (\"id\" integer PRIMARY KEY AUTOINCREMENT NOT NULL, \"uuid\" varchar(36) NOT NULL, \"domain\" varchar(190) NOT NULL, \"active\" boolean NOT NULL DEFAULT (1), \"createdAt\" bigint NOT NULL, CONSTRAINT \"UQ_8fda796a2b3388e30c01d5fa5ee\" UNIQUE (\"domain\"), CONSTRAINT \"UQ_59f940b5775a9ccf5c2f094c8af\" UNIQUE (\"uuid\"))");
    await runner.query("INSERT INTO \"organization\"(\"id\", \"uuid\", \"domain\", \"active\", \"createdAt\") SELECT \"id\", \"uuid\", \"domain\", \"active\", \"createdAt\" FROM \"temporary_organization\"");
    await runner.query("DROP TABLE \"temporary_organization\"");
  }
}
