import type { MigrationInterface, QueryRunner } from 'typeorm';

export class GivenPolicies1795885969080 implements MigrationInterface {
  name = 'GivenPolicies1795885969080';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query("CREATE TABLE \"given_policies\" (\"organization\" varchar(190) NOT NULL, \"name\" varchar(32) NOT NULL, PRIMARY KEY (\"organization\", \"name\"))");
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query("DROP TABLE \"given_policies\"");
  }
}
