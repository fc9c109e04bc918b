import type { MigrationInterface, QueryRunner } from 'typeorm';

export class UserProfile1795844397397 implements MigrationInterface {
  name = 'UserProfile1795844397397';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query("ALTER TABLE `user_account` ADD `profile` longtext NULL");
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query("ALTER TABLE `user_account` DROP COLUMN `profile`");
  }
}
