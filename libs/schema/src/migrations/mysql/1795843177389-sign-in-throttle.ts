import type { MigrationInterface, QueryRunner } from 'typeorm';

export class SignInThrottle1795843177389 implements MigrationInterface {
  name = 'SignInThrottle1795843177389';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query("CREATE TABLE `sign_in_failure` (`digest` varchar(64) NOT NULL, `account` varchar(64) NOT NULL, `failures` int NOT NULL, `lastFailureAt` bigint NOT NULL, `blockedUntil` bigint NOT NULL, INDEX `ix_sign_in_failure_account` (`account`), PRIMARY KEY (`digest`)) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin");
    await runner.query("CREATE TABLE `sign_in_address` (`digest` varchar(64) NOT NULL, `account` varchar(64) NOT NULL, `lastSeenAt` bigint NOT NULL, INDEX `ix_sign_in_address_account` (`account`), PRIMARY KEY (`digest`)) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin");
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query("DROP INDEX `ix_sign_in_address_account` ON `sign_in_address`");
    await runner.query("DROP TABLE `sign_in_address`");
    await runner.query("DROP INDEX `ix_sign_in_failure_account` ON `sign_in_failure`");
    await runner.query("DROP TABLE `sign_in_failure`");
  }
}
