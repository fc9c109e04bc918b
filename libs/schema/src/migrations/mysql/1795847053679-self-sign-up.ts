import type { MigrationInterface, QueryRunner } from 'typeorm';

export class SelfSignUp1795847053679 implements MigrationInterface {
  name = 'SelfSignUp1795847053679';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query("ALTER TABLE `organization` ADD `selfSignUp` longtext NULL");
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query("ALTER TABLE `organization` DROP COLUMN `selfSignUp`");
  }
}
