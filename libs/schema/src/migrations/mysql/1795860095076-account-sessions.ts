import type { MigrationInterface, QueryRunner } from 'typeorm';

export class AccountSessions1795860095076 implements MigrationInterface {
  name = 'AccountSessions1795860095076';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query("ALTER TABLE `portal_session` ADD `signInSessionUuid` varchar(36) NULL");
    await runner.query("CREATE INDEX `ix_portal_session_sign_in` ON `portal_session` (`signInSessionUuid`)");
    await runner.query("CREATE INDEX `ix_portal_session_user` ON `portal_session` (`organization`, `userName`)");
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query("DROP INDEX `ix_portal_session_user` ON `portal_session`");
    await runner.query("DROP INDEX `ix_portal_session_sign_in` ON `portal_session`");
    await runner.query("ALTER TABLE `portal_session` DROP COLUMN `signInSessionUuid`");
  }
}
