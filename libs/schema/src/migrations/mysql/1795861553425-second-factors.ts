import type { MigrationInterface, QueryRunner } from 'typeorm';

export class SecondFactors1795861553425 implements MigrationInterface {
  name = 'SecondFactors1795861553425';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query("CREATE TABLE `password_reset` (`id` int NOT NULL AUTO_INCREMENT, `tokenDigest` varchar(64) NOT NULL, `organization` varchar(190) NOT NULL, `userName` varchar(190) NOT NULL, `stateDigest` varchar(64) NOT NULL, `used` tinyint NOT NULL DEFAULT 0, `createdAt` bigint NOT NULL, `expiresAt` bigint NOT NULL, INDEX `ix_password_reset_expires` (`expiresAt`), INDEX `ix_password_reset_user` (`organization`, `userName`), UNIQUE INDEX `IDX_2c8ba18c29ea22449cee2604f5` (`tokenDigest`), PRIMARY KEY (`id`)) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin");
    await runner.query("CREATE TABLE `totp_factor` (`id` int NOT NULL AUTO_INCREMENT, `organization` varchar(190) NOT NULL, `userName` varchar(190) NOT NULL, `secretSealed` longtext NOT NULL, `confirmed` tinyint NOT NULL DEFAULT 0, `lastStep` bigint NOT NULL DEFAULT '0', `createdAt` bigint NOT NULL, UNIQUE INDEX `uq_totp_factor_user` (`organization`, `userName`), PRIMARY KEY (`id`)) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin");
    await runner.query("CREATE TABLE `recovery_code` (`id` int NOT NULL AUTO_INCREMENT, `organization` varchar(190) NOT NULL, `userName` varchar(190) NOT NULL, `codeDigest` varchar(64) NOT NULL, INDEX `ix_recovery_code_user` (`organization`, `userName`), PRIMARY KEY (`id`)) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin");
    await runner.query("ALTER TABLE `organization` ADD `secondFactorRoles` longtext NULL");
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query("ALTER TABLE `organization` DROP COLUMN `secondFactorRoles`");
    await runner.query("DROP INDEX `ix_recovery_code_user` ON `recovery_code`");
    await runner.query("DROP TABLE `recovery_code`");
    await runner.query("DROP INDEX `uq_totp_factor_user` ON `totp_factor`");
    await runner.query("DROP TABLE `totp_factor`");
    await runner.query("DROP INDEX `IDX_2c8ba18c29ea22449cee2604f5` ON `password_reset`");
    await runner.query("DROP INDEX `ix_password_reset_user` ON `password_reset`");
    await runner.query("DROP INDEX `ix_password_reset_expires` ON `password_reset`");
    await runner.query("DROP TABLE `password_reset`");
  }
}
