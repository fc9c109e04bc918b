import type { MigrationInterface, QueryRunner } from 'typeorm';

export class SignIn1795844477804 implements MigrationInterface {
  name = 'SignIn1795844477804';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query("CREATE TABLE `sign_in_session` (`id` int NOT NULL AUTO_INCREMENT, `uuid` varchar(36) NOT NULL, `tokenDigest` varchar(64) NOT NULL, `organization` varchar(190) NOT NULL, `userName` varchar(190) NOT NULL, `amr` longtext NOT NULL, `authenticatedAt` bigint NOT NULL, `lastSeenAt` bigint NOT NULL, `expiresAt` bigint NOT NULL, `userAgent` varchar(255) NOT NULL, `address` varchar(64) NOT NULL, INDEX `ix_sign_in_session_expires` (`expiresAt`), INDEX `ix_sign_in_session_user` (`organization`, `userName`), UNIQUE INDEX `IDX_90d8596a08b10b2149a31a12a9` (`uuid`), UNIQUE INDEX `IDX_28ef80319c0873d7a3d5108614` (`tokenDigest`), PRIMARY KEY (`id`)) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin");
    await runner.query("CREATE TABLE `interaction` (`id` int NOT NULL AUTO_INCREMENT, `uuid` varchar(36) NOT NULL, `browserDigest` varchar(64) NOT NULL, `tenant` varchar(190) NULL, `parameters` longtext NOT NULL, `state` longtext NOT NULL, `createdAt` bigint NOT NULL, `expiresAt` bigint NOT NULL, INDEX `ix_interaction_expires` (`expiresAt`), UNIQUE INDEX `IDX_9a19675861d134ee3cef21d482` (`uuid`), PRIMARY KEY (`id`)) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin");
    await runner.query("CREATE TABLE `authorization_code` (`id` int NOT NULL AUTO_INCREMENT, `codeDigest` varchar(64) NOT NULL, `consumerKey` varchar(190) NOT NULL, `organization` varchar(190) NOT NULL, `userName` varchar(190) NOT NULL, `scopes` longtext NOT NULL, `redirectUri` varchar(2000) NOT NULL, `redirectNamed` tinyint NOT NULL, `codeChallenge` varchar(64) NULL, `context` longtext NOT NULL, `family` varchar(36) NOT NULL, `accessJti` varchar(36) NULL, `accessExpiresAt` bigint NOT NULL DEFAULT '0', `used` tinyint NOT NULL DEFAULT 0, `expiresAt` bigint NOT NULL, `forgetAt` bigint NOT NULL, INDEX `ix_authorization_code_client` (`consumerKey`), INDEX `ix_authorization_code_forget` (`forgetAt`), INDEX `ix_authorization_code_user` (`organization`, `userName`), UNIQUE INDEX `IDX_5a3e84e13a28b91fe8a50f8382` (`codeDigest`), PRIMARY KEY (`id`)) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin");
    await runner.query("CREATE TABLE `consent` (`id` int NOT NULL AUTO_INCREMENT, `organization` varchar(190) NOT NULL, `userName` varchar(190) NOT NULL, `consumerKey` varchar(190) NOT NULL, `scopes` longtext NOT NULL, `updatedAt` bigint NOT NULL, INDEX `ix_consent_client` (`consumerKey`), UNIQUE INDEX `uq_consent` (`organization`, `userName`, `consumerKey`), PRIMARY KEY (`id`)) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin");
    await runner.query("ALTER TABLE `oauth_client` ADD `authMethod` varchar(32) NOT NULL DEFAULT 'client_secret'");
    await runner.query("ALTER TABLE `oauth_client` ADD `firstParty` tinyint NOT NULL DEFAULT 0");
    await runner.query("ALTER TABLE `oauth_client` ADD `postLogoutUris` longtext NULL");
    await runner.query("ALTER TABLE `refresh_token` ADD `context` longtext NULL");
    await runner.query("ALTER TABLE `refresh_token` ADD `sessionUuid` varchar(36) NULL");
    await runner.query("CREATE INDEX `ix_refresh_token_session` ON `refresh_token` (`sessionUuid`)");
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query("DROP INDEX `ix_refresh_token_session` ON `refresh_token`");
    await runner.query("ALTER TABLE `refresh_token` DROP COLUMN `sessionUuid`");
    await runner.query("ALTER TABLE `refresh_token` DROP COLUMN `context`");
    await runner.query("ALTER TABLE `oauth_client` DROP COLUMN `postLogoutUris`");
    await runner.query("ALTER TABLE `oauth_client` DROP COLUMN `firstParty`");
    await runner.query("ALTER TABLE `oauth_client` DROP COLUMN `authMethod`");
    await runner.query("DROP INDEX `uq_consent` ON `consent`");
    await runner.query("DROP INDEX `ix_consent_client` ON `consent`");
    await runner.query("DROP TABLE `consent`");
    await runner.query("DROP INDEX `IDX_5a3e84e13a28b91fe8a50f8382` ON `authorization_code`");
    await runner.query("DROP INDEX `ix_authorization_code_user` ON `authorization_code`");
    await runner.query("DROP INDEX `ix_authorization_code_forget` ON `authorization_code`");
    await runner.query("DROP INDEX `ix_authorization_code_client` ON `authorization_code`");
    await runner.query("DROP TABLE `authorization_code`");
    await runner.query("DROP INDEX `IDX_9a19675861d134ee3cef21d482` ON `interaction`");
    await runner.query("DROP INDEX `ix_interaction_expires` ON `interaction`");
    await runner.query("DROP TABLE `interaction`");
    await runner.query("DROP INDEX `IDX_28ef80319c0873d7a3d5108614` ON `sign_in_session`");
    await runner.query("DROP INDEX `IDX_90d8596a08b10b2149a31a12a9` ON `sign_in_session`");
    await runner.query("DROP INDEX `ix_sign_in_session_user` ON `sign_in_session`");
    await runner.query("DROP INDEX `ix_sign_in_session_expires` ON `sign_in_session`");
    await runner.query("DROP TABLE `sign_in_session`");
  }
}
