import type { MigrationInterface, QueryRunner } from 'typeorm';

export class EndpointCertificates1795874418509 implements MigrationInterface {
  name = 'EndpointCertificates1795874418509';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query("CREATE TABLE \"endpoint_certificate\" (\"id\" integer PRIMARY KEY AUTOINCREMENT NOT NULL, \"uuid\" varchar(36) NOT NULL, \"organization\" varchar(190) NOT NULL, \"rowVersion\" integer NOT NULL DEFAULT (1), \"createdAt\" bigint NOT NULL, \"updatedAt\" bigint NOT NULL, \"alias\" varchar(30) NOT NULL, \"endpoint\" text NOT NULL, \"host\" varchar(300) NOT NULL, \"pem\" text NOT NULL, \"thumbprint\" varchar(64) NOT NULL, \"subject\" text NOT NULL, \"validFromMs\" bigint NOT NULL, \"validToMs\" bigint NOT NULL, CONSTRAINT \"UQ_fbeb1de100dd70d48b08463b2b0\" UNIQUE (\"uuid\"), CONSTRAINT \"uq_endpoint_certificate_alias\" UNIQUE (\"organization\", \"alias\"))");
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query("DROP TABLE \"endpoint_certificate\"");
  }
}
