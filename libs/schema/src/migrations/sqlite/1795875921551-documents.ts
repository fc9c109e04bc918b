import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Documents1795875921551 implements MigrationInterface {
  name = 'Documents1795875921551';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query("CREATE TABLE \"api_document\" (\"id\" integer PRIMARY KEY AUTOINCREMENT NOT NULL, \"uuid\" varchar(36) NOT NULL, \"organization\" varchar(190) NOT NULL, \"rowVersion\" integer NOT NULL DEFAULT (1), \"createdAt\" bigint NOT NULL, \"updatedAt\" bigint NOT NULL, \"apiId\" integer NOT NULL, \"name\" varchar(60) NOT NULL, \"type\" varchar(20) NOT NULL, \"otherTypeName\" varchar(60), \"summary\" text NOT NULL, \"sourceType\" varchar(10) NOT NULL, \"sourceUrl\" text, \"fileName\" varchar(255), \"visibility\" varchar(12) NOT NULL, \"createdBy\" varchar(255) NOT NULL, \"updatedBy\" varchar(255) NOT NULL, CONSTRAINT \"UQ_8c8563e36cb72e08c9a38f89f22\" UNIQUE (\"uuid\"), CONSTRAINT \"uq_api_document_name\" UNIQUE (\"apiId\", \"name\"))");
    await runner.query("CREATE TABLE \"api_document_content\" (\"documentId\" integer PRIMARY KEY NOT NULL, \"mediaType\" varchar(255) NOT NULL, \"data\" text NOT NULL)");
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query("DROP TABLE \"api_document_content\"");
    await runner.query("DROP TABLE \"api_document\"");
  }
}
