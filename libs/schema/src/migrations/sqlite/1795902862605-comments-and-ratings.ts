import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CommentsAndRatings1795902862605 implements MigrationInterface {
  name = 'CommentsAndRatings1795902862605';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query("CREATE TABLE \"api_comment\" (\"id\" integer PRIMARY KEY AUTOINCREMENT NOT NULL, \"uuid\" varchar(36) NOT NULL, \"organization\" varchar(190) NOT NULL, \"rowVersion\" integer NOT NULL DEFAULT (1), \"createdAt\" bigint NOT NULL, \"updatedAt\" bigint NOT NULL, \"apiId\" integer NOT NULL, \"parentId\" integer, \"content\" varchar(512) NOT NULL, \"category\" varchar(64) NOT NULL, \"entryPoint\" varchar(10) NOT NULL, \"createdBy\" varchar(255) NOT NULL, CONSTRAINT \"UQ_7dfc5e7feb41f91f507360e100b\" UNIQUE (\"uuid\"))");
    await runner.query("CREATE INDEX \"ix_api_comment_place\" ON \"api_comment\" (\"apiId\", \"parentId\") ");
    await runner.query("CREATE TABLE \"api_rating\" (\"id\" integer PRIMARY KEY AUTOINCREMENT NOT NULL, \"uuid\" varchar(36) NOT NULL, \"organization\" varchar(190) NOT NULL, \"rowVersion\" integer NOT NULL DEFAULT (1), \"createdAt\" bigint NOT NULL, \"updatedAt\" bigint NOT NULL, \"apiId\" integer NOT NULL, \"userName\" varchar(255) NOT NULL, \"stars\" integer NOT NULL, CONSTRAINT \"UQ_ec3240848f4c2a8ca0d0970777f\" UNIQUE (\"uuid\"), CONSTRAINT \"uq_api_rating\" UNIQUE (\"apiId\", \"userName\"))");
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query("DROP TABLE \"api_rating\"");
    await runner.query("DROP INDEX \"ix_api_comment_place\"");
    await runner.query("DROP TABLE \"api_comment\"");
  }
}
