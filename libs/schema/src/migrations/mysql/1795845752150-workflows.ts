import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Workflows1795845752150 implements MigrationInterface {
  name = 'Workflows1795845752150';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query("CREATE TABLE `workflow_task` (`id` int NOT NULL AUTO_INCREMENT, `uuid` varchar(36) NOT NULL, `organization` varchar(190) NOT NULL, `rowVersion` int NOT NULL DEFAULT '1', `createdAt` bigint NOT NULL, `updatedAt` bigint NOT NULL, `type` varchar(64) NOT NULL, `status` varchar(16) NOT NULL, `subject` varchar(190) NOT NULL, `pendingSubject` varchar(190) NULL, `requestedBy` varchar(190) NOT NULL, `description` longtext NOT NULL, `properties` longtext NOT NULL, `payloadSealed` longtext NOT NULL, `callbackDigest` varchar(64) NULL, `decidedBy` varchar(190) NULL, `decisionText` longtext NULL, INDEX `ix_workflow_task_type` (`type`), INDEX `ix_workflow_task_subject` (`subject`), UNIQUE INDEX `IDX_581564da7239248bb52118f6c7` (`uuid`), UNIQUE INDEX `uq_workflow_task_pending` (`organization`, `type`, `pendingSubject`), PRIMARY KEY (`id`)) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin");
    await runner.query("CREATE TABLE `workflow_setting` (`organization` varchar(190) NOT NULL, `extensions` longtext NOT NULL, `updatedAt` bigint NOT NULL, PRIMARY KEY (`organization`)) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin");
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query("DROP TABLE `workflow_setting`");
    await runner.query("DROP INDEX `uq_workflow_task_pending` ON `workflow_task`");
    await runner.query("DROP INDEX `IDX_581564da7239248bb52118f6c7` ON `workflow_task`");
    await runner.query("DROP INDEX `ix_workflow_task_subject` ON `workflow_task`");
    await runner.query("DROP INDEX `ix_workflow_task_type` ON `workflow_task`");
    await runner.query("DROP TABLE `workflow_task`");
  }
}
