import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Documents1795875921551 implements MigrationInterface {
  name = 'Documents1795875921551';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query("CREATE TABLE `api_document` (`id` int NOT NULL AUTO_INCREMENT, `uuid` varchar(36) NOT NULL, `organization` varchar(190) NOT NULL, `rowVersion` int NOT NULL DEFAULT '1', `createdAt` bigint NOT NULL, `updatedAt` bigint NOT NULL, `apiId` int NOT NULL, `name` varchar(60) NOT NULL, `type` varchar(20) NOT NULL, `otherTypeName` varchar(60) NULL, `summary` longtext NOT NULL, `sourceType` varchar(10) NOT NULL, `sourceUrl` longtext NULL, `fileName` varchar(255) NULL, `visibility` varchar(12) NOT NULL, `createdBy` varchar(255) NOT NULL, `updatedBy` varchar(255) NOT NULL, UNIQUE INDEX `IDX_8c8563e36cb72e08c9a38f89f2` (`uuid`), UNIQUE INDEX `uq_api_document_name` (`apiId`, `name`), PRIMARY KEY (`id`)) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin");
    await runner.query("CREATE TABLE `api_document_content` (`documentId` int NOT NULL, `mediaType` varchar(255) NOT NULL, `data` longtext NOT NULL, PRIMARY KEY (`documentId`)) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin");
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query("DROP TABLE `api_document_content`");
    await runner.query("DROP INDEX `uq_api_document_name` ON `api_document`");
    await runner.query("DROP INDEX `IDX_8c8563e36cb72e08c9a38f89f2` ON `api_document`");
    await runner.query("DROP TABLE `api_document`");
  }
}
