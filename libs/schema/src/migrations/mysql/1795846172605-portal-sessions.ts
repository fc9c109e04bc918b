import type { MigrationInterface, QueryRunner } from 'typeorm';

export class PortalSessions1795846172605 implements MigrationInterface {
  name = 'PortalSessions1795846172605';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query("CREATE TABLE `portal_session` (`id` int NOT NULL AUTO_INCREMENT, `tokenDigest` varchar(64) NOT NULL, `portal` varchar(16) NOT NULL, `organization` varchar(190) NOT NULL, `userName` varchar(190) NOT NULL, `scopes` longtext NOT NULL, `tokens` longtext NOT NULL, `accessExpiresAt` bigint NOT NULL, `renewals` int NOT NULL, `renewingUntil` bigint NOT NULL, `expiresAt` bigint NOT NULL, INDEX `ix_portal_session_expires` (`expiresAt`), UNIQUE INDEX `IDX_72fc6744dd60ae6a7b7c7f3bdb` (`tokenDigest`), PRIMARY KEY (`id`)) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin");
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query("DROP INDEX `IDX_72fc6744dd60ae6a7b7c7f3bdb` ON `portal_session`");
    await runner.query("DROP INDEX `ix_portal_session_expires` ON `portal_session`");
    await runner.query("DROP TABLE `portal_session`");
  }
}
