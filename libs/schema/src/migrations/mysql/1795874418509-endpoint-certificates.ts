import type { MigrationInterface, QueryRunner } from 'typeorm';

export class EndpointCertificates1795874418509 implements MigrationInterface {
  name = 'EndpointCertificates1795874418509';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query("CREATE TABLE `endpoint_certificate` (`id` int NOT NULL AUTO_INCREMENT, `uuid` varchar(36) NOT NULL, `organization` varchar(190) NOT NULL, `rowVersion` int NOT NULL DEFAULT '1', `createdAt` bigint NOT NULL, `updatedAt` bigint NOT NULL, `alias` varchar(30) NOT NULL, `endpoint` longtext NOT NULL, `host` varchar(300) NOT NULL, `pem` longtext NOT NULL, `thumbprint` varchar(64) NOT NULL, `subject` longtext NOT NULL, `validFromMs` bigint NOT NULL, `validToMs` bigint NOT NULL, UNIQUE INDEX `IDX_fbeb1de100dd70d48b08463b2b` (`uuid`), UNIQUE INDEX `uq_endpoint_certificate_alias` (`organization`, `alias`), PRIMARY KEY (`id`)) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin");
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query("DROP INDEX `uq_endpoint_certificate_alias` ON `endpoint_certificate`");
    await runner.query("DROP INDEX `IDX_fbeb1de100dd70d48b08463b2b` ON `endpoint_certificate`");
    await runner.query("DROP TABLE `endpoint_certificate`");
  }
}
