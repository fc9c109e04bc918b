import type { MigrationInterface, QueryRunner } from 'typeorm';

export class KeyManagers1795846020315 implements MigrationInterface {
  name = 'KeyManagers1795846020315';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query("CREATE TABLE `key_manager` (`id` int NOT NULL AUTO_INCREMENT, `uuid` varchar(36) NOT NULL, `organization` varchar(190) NOT NULL, `rowVersion` int NOT NULL DEFAULT '1', `createdAt` bigint NOT NULL, `updatedAt` bigint NOT NULL, `name` varchar(190) NOT NULL, `type` varchar(45) NOT NULL, `enabled` tinyint NOT NULL, `settings` longtext NOT NULL, `connectorSealed` longtext NULL, `keys` longtext NOT NULL, `keysReadAt` bigint NOT NULL DEFAULT '0', `keysProblem` varchar(255) NULL, UNIQUE INDEX `IDX_0d989944c7362d4da62768d14f` (`uuid`), UNIQUE INDEX `uq_key_manager_name` (`organization`, `name`), PRIMARY KEY (`id`)) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin");
    await runner.query("CREATE TABLE `external_client` (`id` int NOT NULL AUTO_INCREMENT, `uuid` varchar(36) NOT NULL, `organization` varchar(190) NOT NULL, `rowVersion` int NOT NULL DEFAULT '1', `createdAt` bigint NOT NULL, `updatedAt` bigint NOT NULL, `keyManagerUuid` varchar(36) NOT NULL, `consumerKey` varchar(190) NOT NULL, `name` varchar(255) NOT NULL, `secretSealed` longtext NULL, `registrationUri` longtext NULL, `registrationTokenSealed` longtext NULL, `grantTypes` longtext NOT NULL, `callbackUrls` longtext NOT NULL, UNIQUE INDEX `IDX_4a677dcb75b15b553c320962d0` (`uuid`), UNIQUE INDEX `uq_external_client` (`keyManagerUuid`, `consumerKey`), PRIMARY KEY (`id`)) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin");
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query("DROP INDEX `uq_external_client` ON `external_client`");
    await runner.query("DROP INDEX `IDX_4a677dcb75b15b553c320962d0` ON `external_client`");
    await runner.query("DROP TABLE `external_client`");
    await runner.query("DROP INDEX `uq_key_manager_name` ON `key_manager`");
    await runner.query("DROP INDEX `IDX_0d989944c7362d4da62768d14f` ON `key_manager`");
    await runner.query("DROP TABLE `key_manager`");
  }
}
