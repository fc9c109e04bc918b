import type { MigrationInterface, QueryRunner } from 'typeorm';

export class KeyManagers1795846020315 implements MigrationInterface {
  name = 'KeyManagers1795846020315';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query("CREATE TABLE \"key_manager\" (\"id\" integer PRIMARY KEY AUTOINCREMENT NOT NULL, \"uuid\" varchar(36) NOT NULL, \"organization\" varchar(190) NOT NULL, \"rowVersion\" integer NOT NULL DEFAULT (1), \"createdAt\" bigint NOT NULL, \"updatedAt\" bigint NOT NULL, \"name\" varchar(190) NOT NULL, \"type\" varchar(45) NOT NULL, \"enabled\" boolean NOT NULL, \"settings\" text NOT NULL, \"connectorSealed\" text, \"keys\" text NOT NULL, \"keysReadAt\" bigint NOT NULL DEFAULT (0), \"keysProblem\" varchar(255), CONSTRAINT \"UQ_0d989944c7362d4da62768d14f1\" UNIQUE (\"uuid\"), CONSTRAINT \"uq_key_manager_name\" UNIQUE (\"organization\", \"name\"))");
    await runner.query("CREATE TABLE \"external_client\" (\"id\" integer PRIMARY KEY AUTOINCREMENT NOT NULL, \"uuid\" varchar(36) NOT NULL, \"organization\" varchar(190) NOT NULL, \"rowVersion\" integer NOT NULL DEFAULT (1), \"createdAt\" bigint NOT NULL, \"updatedAt\" bigint NOT NULL, \"keyManagerUuid\" varchar(36) NOT NULL, \"consumerKey\" varchar(190) NOT NULL, \"name\" varchar(255) NOT NULL, \"secretSealed\" text, \"registrationUri\" text, \"registrationTokenSealed\" text, \"grantTypes\" text NOT NULL, \"callbackUrls\" text NOT NULL, CONSTRAINT \"UQ_4a677dcb75b15b553c320962d0d\" UNIQUE (\"uuid\"), CONSTRAINT \"uq_external_client\" UNIQUE (\"keyManagerUuid\", \"consumerKey\"))");
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query("DROP TABLE \"external_client\"");
    await runner.query("DROP TABLE \"key_manager\"");
  }
}
