import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CommentsAndRatings1795902862605 implements MigrationInterface {
  name = 'CommentsAndRatings1795902862605';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query("CREATE TABLE `api_comment` (`id` int NOT NULL AUTO_INCREMENT, `uuid` varchar(36) NOT NULL, `organization` varchar(190) NOT NULL, `rowVersion` int NOT NULL DEFAULT '1', `createdAt` bigint NOT NULL, `updatedAt` bigint NOT NULL, `apiId` int NOT NULL, `parentId` int NULL, `content` varchar(512) NOT NULL, `category` varchar(64) NOT NULL, `entryPoint` varchar(10) NOT NULL, `createdBy` varchar(255) NOT NULL, INDEX `ix_api_comment_place` (`apiId`, `parentId`), UNIQUE INDEX `IDX_7dfc5e7feb41f91f507360e100` (`uuid`), PRIMARY KEY (`id`)) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin");
    await runner.query("CREATE TABLE `api_rating` (`id` int NOT NULL AUTO_INCREMENT, `uuid` varchar(36) NOT NULL, `organization` varchar(190) NOT NULL, `rowVersion` int NOT NULL DEFAULT '1', `createdAt` bigint NOT NULL, `updatedAt` bigint NOT NULL, `apiId` int NOT NULL, `userName` varchar(255) NOT NULL, `stars` int NOT NULL, UNIQUE INDEX `IDX_ec3240848f4c2a8ca0d0970777` (`uuid`), UNIQUE INDEX `uq_api_rating` (`apiId`, `userName`), PRIMARY KEY (`id`)) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin");
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query("DROP INDEX `uq_api_rating` ON `api_rating`");
    await runner.query("DROP INDEX `IDX_ec3240848f4c2a8ca0d0970777` ON `api_rating`");
    await runner.query("DROP TABLE `api_rating`");
    await runner.query("DROP INDEX `IDX_7dfc5e7feb41f91f507360e100` ON `api_comment`");
    await runner.query("DROP INDEX `ix_api_comment_place` ON `api_comment`");
    await runner.query("DROP TABLE `api_comment`");
  }
}
