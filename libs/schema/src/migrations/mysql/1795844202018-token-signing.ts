import type { MigrationInterface, QueryRunner } from 'typeorm';

export class TokenSigning1795844202018 implements MigrationInterface {
  name = 'TokenSigning1795844202018';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query("ALTER TABLE `signing_key` DROP COLUMN `active`");
    await runner.query("ALTER TABLE `oauth_client` ADD `tokenAlgorithm` varchar(16) NULL");
    await runner.query("ALTER TABLE `oauth_client` ADD `audiences` longtext NULL");
    await runner.query("ALTER TABLE `oauth_client` ADD `customClaims` longtext NULL");
    await runner.query("ALTER TABLE `oauth_client` ADD `tokensExpireAt` bigint NOT NULL DEFAULT '0'");
    await runner.query("ALTER TABLE `signing_key` ADD `signsFrom` bigint NOT NULL DEFAULT '0'");
    await runner.query("ALTER TABLE `signing_key` ADD `lastExpiresAt` bigint NOT NULL DEFAULT '0'");
    // Keys so far signed tokens and API keys whose expiry is not on record: they verify until somebody withdraws them.
    await runner.query("UPDATE `signing_key` SET `signsFrom` = `createdAt`, `lastExpiresAt` = 4102444800000");
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query("ALTER TABLE `signing_key` DROP COLUMN `lastExpiresAt`");
    await runner.query("ALTER TABLE `signing_key` DROP COLUMN `signsFrom`");
    await runner.query("ALTER TABLE `oauth_client` DROP COLUMN `tokensExpireAt`");
    await runner.query("ALTER TABLE `oauth_client` DROP COLUMN `customClaims`");
    await runner.query("ALTER TABLE `oauth_client` DROP COLUMN `audiences`");
    await runner.query("ALTER TABLE `oauth_client` DROP COLUMN `tokenAlgorithm`");
    await runner.query("ALTER TABLE `signing_key` ADD `active` tinyint NOT NULL DEFAULT 1");
  }
}
