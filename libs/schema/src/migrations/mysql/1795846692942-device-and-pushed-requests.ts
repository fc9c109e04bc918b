import type { MigrationInterface, QueryRunner } from 'typeorm';

export class DeviceAndPushedRequests1795846692942 implements MigrationInterface {
  name = 'DeviceAndPushedRequests1795846692942';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query("CREATE TABLE `pushed_request` (`id` int NOT NULL AUTO_INCREMENT, `uriDigest` varchar(64) NOT NULL, `consumerKey` varchar(190) NOT NULL, `parameters` longtext NOT NULL, `expiresAt` bigint NOT NULL, INDEX `ix_pushed_request_expires` (`expiresAt`), UNIQUE INDEX `IDX_40884209491b114c49476d7ac6` (`uriDigest`), PRIMARY KEY (`id`)) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin");
    await runner.query("CREATE TABLE `device_grant` (`id` int NOT NULL AUTO_INCREMENT, `uuid` varchar(36) NOT NULL, `deviceCodeDigest` varchar(64) NOT NULL, `userCodeDigest` varchar(64) NOT NULL, `consumerKey` varchar(190) NOT NULL, `tenant` varchar(190) NULL, `scopes` longtext NOT NULL, `state` varchar(16) NOT NULL, `organization` varchar(190) NULL, `userName` varchar(190) NULL, `context` longtext NULL, `intervalSeconds` int NOT NULL, `polledAt` bigint NOT NULL, `expiresAt` bigint NOT NULL, INDEX `ix_device_grant_expires` (`expiresAt`), UNIQUE INDEX `IDX_d4f9cf0cc90c12aca92fc38994` (`uuid`), UNIQUE INDEX `IDX_00b9f8bc08ed5a2c5fc519541d` (`deviceCodeDigest`), UNIQUE INDEX `IDX_bcbf2606f48e899ff7b068e5c5` (`userCodeDigest`), PRIMARY KEY (`id`)) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin");
    await runner.query("CREATE TABLE `one_time_id` (`id` int NOT NULL AUTO_INCREMENT, `digest` varchar(64) NOT NULL, `expiresAt` bigint NOT NULL, INDEX `ix_one_time_id_expires` (`expiresAt`), UNIQUE INDEX `IDX_39c8336ce9bb7f70f3cdc511a6` (`digest`), PRIMARY KEY (`id`)) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin");
    await runner.query("ALTER TABLE `api_scope` ADD `displayName` varchar(255) NOT NULL DEFAULT ''");
    await runner.query("ALTER TABLE `api_scope` ADD `description` longtext NULL");
    await runner.query("ALTER TABLE `oauth_client` ADD `jwks` longtext NULL");
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query("ALTER TABLE `oauth_client` DROP COLUMN `jwks`");
    await runner.query("ALTER TABLE `api_scope` DROP COLUMN `description`");
    await runner.query("ALTER TABLE `api_scope` DROP COLUMN `displayName`");
    await runner.query("DROP INDEX `IDX_39c8336ce9bb7f70f3cdc511a6` ON `one_time_id`");
    await runner.query("DROP INDEX `ix_one_time_id_expires` ON `one_time_id`");
    await runner.query("DROP TABLE `one_time_id`");
    await runner.query("DROP INDEX `IDX_bcbf2606f48e899ff7b068e5c5` ON `device_grant`");
    await runner.query("DROP INDEX `IDX_00b9f8bc08ed5a2c5fc519541d` ON `device_grant`");
    await runner.query("DROP INDEX `IDX_d4f9cf0cc90c12aca92fc38994` ON `device_grant`");
    await runner.query("DROP INDEX `ix_device_grant_expires` ON `device_grant`");
    await runner.query("DROP TABLE `device_grant`");
    await runner.query("DROP INDEX `IDX_40884209491b114c49476d7ac6` ON `pushed_request`");
    await runner.query("DROP INDEX `ix_pushed_request_expires` ON `pushed_request`");
    await runner.query("DROP TABLE `pushed_request`");
  }
}
