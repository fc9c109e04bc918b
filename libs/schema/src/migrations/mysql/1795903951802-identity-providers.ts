import type { MigrationInterface, QueryRunner } from 'typeorm';

export class IdentityProviders1795903951802 implements MigrationInterface {
  name = 'IdentityProviders1795903951802';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query("CREATE TABLE `identity_provider` (`id` int NOT NULL AUTO_INCREMENT, `uuid` varchar(36) NOT NULL, `organization` varchar(190) NOT NULL, `rowVersion` int NOT NULL DEFAULT '1', `createdAt` bigint NOT NULL, `updatedAt` bigint NOT NULL, `name` varchar(40) NOT NULL, `enabled` tinyint NOT NULL, `settings` longtext NOT NULL, `metadata` longtext NOT NULL, `clientSecretSealed` longtext NULL, UNIQUE INDEX `IDX_0abb0eaf16fe679a85048deb5d` (`uuid`), UNIQUE INDEX `uq_identity_provider_name` (`organization`, `name`), PRIMARY KEY (`id`)) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin");
    await runner.query("CREATE TABLE `federated_account` (`id` int NOT NULL AUTO_INCREMENT, `uuid` varchar(36) NOT NULL, `providerUuid` varchar(36) NOT NULL, `subject` varchar(255) NOT NULL, `organization` varchar(190) NOT NULL, `userName` varchar(190) NOT NULL, `userUuid` varchar(36) NOT NULL, `provisioned` tinyint NOT NULL, `createdAt` bigint NOT NULL, `lastUsedAt` bigint NOT NULL DEFAULT '0', INDEX `ix_federated_account_user` (`organization`, `userName`), UNIQUE INDEX `IDX_1721acfe95c92eee61ac62eb35` (`uuid`), UNIQUE INDEX `uq_federated_account_subject` (`providerUuid`, `subject`), PRIMARY KEY (`id`)) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin");
    await runner.query("ALTER TABLE `sign_in_session` ADD `identityProvider` varchar(36) NULL");
    await runner.query("CREATE INDEX `ix_sign_in_session_provider` ON `sign_in_session` (`identityProvider`)");
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query("DROP INDEX `ix_sign_in_session_provider` ON `sign_in_session`");
    await runner.query("ALTER TABLE `sign_in_session` DROP COLUMN `identityProvider`");
    await runner.query("DROP INDEX `uq_federated_account_subject` ON `federated_account`");
    await runner.query("DROP INDEX `IDX_1721acfe95c92eee61ac62eb35` ON `federated_account`");
    await runner.query("DROP INDEX `ix_federated_account_user` ON `federated_account`");
    await runner.query("DROP TABLE `federated_account`");
    await runner.query("DROP INDEX `uq_identity_provider_name` ON `identity_provider`");
    await runner.query("DROP INDEX `IDX_0abb0eaf16fe679a85048deb5d` ON `identity_provider`");
    await runner.query("DROP TABLE `identity_provider`");
  }
}
