import type { MigrationInterface, QueryRunner } from 'typeorm';

export class OpaqueAndCertificates1795886891186 implements MigrationInterface {
  name = 'OpaqueAndCertificates1795886891186';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query("CREATE TABLE `opaque_token` (`id` int NOT NULL AUTO_INCREMENT, `digest` varchar(64) NOT NULL, `jwtSealed` longtext NOT NULL, `expiresAt` bigint NOT NULL, INDEX `ix_opaque_token_expires` (`expiresAt`), UNIQUE INDEX `IDX_aa9b8e997944e8d5a26304d5b3` (`digest`), PRIMARY KEY (`id`)) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin");
    await runner.query("ALTER TABLE `oauth_client` ADD `opaqueTokens` tinyint NOT NULL DEFAULT 0");
    await runner.query("ALTER TABLE `oauth_client` ADD `certificateName` longtext NULL");
    await runner.query("ALTER TABLE `oauth_client` ADD `bindsToCertificate` tinyint NOT NULL DEFAULT 0");
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query("ALTER TABLE `oauth_client` DROP COLUMN `bindsToCertificate`");
    await runner.query("ALTER TABLE `oauth_client` DROP COLUMN `certificateName`");
    await runner.query("ALTER TABLE `oauth_client` DROP COLUMN `opaqueTokens`");
    await runner.query("DROP INDEX `IDX_aa9b8e997944e8d5a26304d5b3` ON `opaque_token`");
    await runner.query("DROP INDEX `ix_opaque_token_expires` ON `opaque_token`");
    await runner.query("DROP TABLE `opaque_token`");
  }
}
