import type { MigrationInterface, QueryRunner } from 'typeorm';

export class UserProfile1795844397397 implements MigrationInterface {
  name = 'UserProfile1795844397397';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query("CREATE TABLE \"temporary_user_account\" (\"id\" integer PRIMARY KEY AUTOINCREMENT NOT NULL, \"uuid\" varchar(36) NOT NULL, \"organization\" varchar(190) NOT NULL, \"rowVersion\" integer NOT NULL DEFAULT (1), \"createdAt\" bigint NOT NULL, \"updatedAt\" bigint NOT NULL, \"userName\" varchar(190) NOT NULL, \"passwordHash\" text NOT NULL, \"email\" varchar(255) NOT NULL, \"givenName\" varchar(255) NOT NULL, \"familyName\" varchar(255) NOT NULL, \"status\" varchar(16) NOT NULL, \"profile\" text, CONSTRAINT \"uq_user_account_name\" UNIQUE (\"organization\", \"userName\"), CONSTRAINT \"UQ_86922df84877163a10338c04b98\" UNIQUE (\"uuid\"))");
    await runner.query("INSERT INTO \"temporary_user_account\"(\"id\", \"uuid\", \"organization\", \"rowVersion\", \"createdAt\", \"updatedAt\", \"userName\", \"passwordHash\", \"email\", \"givenName\", \"familyName\", \"status\") SELECT \"id\", \"uuid\", \"organization\", \"rowVersion\", \"createdAt\", \"updatedAt\", \"userName\", \"passwordHash\", \"email\", \"givenName\", \"familyName\", \"status\" FROM \"user_account\"");
    await runner.query("DROP TABLE \"user_account\"");
    await runner.query("ALTER TABLE \"temporary_user_account\" RENAME TO \"user_account\"");
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query("ALTER TABLE \"user_account\" RENAME TO \"temporary_user_account\"");
    await runner.query("CREATE TABLE \"user_account\" (\"id\" integer PRIMARY KEY AUTOINCREMENT NOT NULL, \"uuid\" varchar(36) NOT NULL, \"organization\" varchar(190) NOT NULL, \"rowVersion\" integer NOT NULL DEFAULT (1), \"createdAt\" bigint NOT NULL, \"updatedAt\" bigint NOT NULL, \"userName\" varchar(190) NOT NULL, \"passwordHash\" text NOT NULL, \"email\" varchar(255) NOT NULL, \"givenName\" varchar(255) NOT NULL, \"familyName\" varchar(255) NOT NULL, \"status\" varchar(16) NOT NULL, CONSTRAINT \"uq_user_account_name\" UNIQUE (\"organization\", \"userName\"), CONSTRAINT \"UQ_86922df84877163a10338c04b98\" UNIQUE (\"uuid\"))");
    await runner.query("INSERT INTO \"user_account\"(\"id\", \"uuid\", \"organization\", \"rowVersion\", \"createdAt\", \"updatedAt\", \"userName\", \"passwordHash\", \"email\", \"givenName\", \"familyName\", \"status\") SELECT \"id\", \"uuid\", \"organization\", \"rowVersion\", \"createdAt\", \"updatedAt\", \"userName\", \"passwordHash\", \"email\", \"givenName\", \"familyName\", \"status\" FROM \"temporary_user_account\"");
    await runner.query("DROP TABLE \"temporary_user_account\"");
  }
}
