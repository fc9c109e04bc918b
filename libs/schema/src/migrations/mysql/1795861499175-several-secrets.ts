import type { MigrationInterface, QueryRunner } from 'typeorm';

export class SeveralSecrets1795861499175 implements MigrationInterface {
  name = 'SeveralSecrets1795861499175';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query("ALTER TABLE `oauth_client` ADD `addedSecrets` longtext NULL");
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query("ALTER TABLE `oauth_client` DROP COLUMN `addedSecrets`");
  }
}
