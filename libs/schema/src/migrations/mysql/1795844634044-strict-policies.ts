import type { MigrationInterface, QueryRunner } from 'typeorm';

export class StrictPolicies1795844634044 implements MigrationInterface {
  name = 'StrictPolicies1795844634044';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query("ALTER TABLE `throttle_policy` ADD `strict` tinyint NOT NULL DEFAULT 0");
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query("ALTER TABLE `throttle_policy` DROP COLUMN `strict`");
  }
}
