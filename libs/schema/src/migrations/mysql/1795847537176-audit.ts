import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Audit1795847537176 implements MigrationInterface {
  name = 'Audit1795847537176';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query("CREATE TABLE `audit_event` (`id` int NOT NULL AUTO_INCREMENT, `uuid` varchar(36) NOT NULL, `organization` varchar(190) NOT NULL, `at` bigint NOT NULL, `actor` varchar(190) NOT NULL, `action` varchar(255) NOT NULL, `outcome` varchar(16) NOT NULL, `address` varchar(64) NOT NULL, `correlationId` varchar(64) NOT NULL, `target` longtext NOT NULL, INDEX `ix_audit_event_time` (`organization`, `at`), UNIQUE INDEX `IDX_3f0f987001331ae920325e8efb` (`uuid`), PRIMARY KEY (`id`)) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin");
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query("DROP INDEX `IDX_3f0f987001331ae920325e8efb` ON `audit_event`");
    await runner.query("DROP INDEX `ix_audit_event_time` ON `audit_event`");
    await runner.query("DROP TABLE `audit_event`");
  }
}
