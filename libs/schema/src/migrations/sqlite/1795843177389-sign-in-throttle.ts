import type { MigrationInterface, QueryRunner } from 'typeorm';

export class SignInThrottle1795843177389 implements MigrationInterface {
  name = 'SignInThrottle1795843177389';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query("CREATE TABLE \"sign_in_failure\" (\"digest\" varchar(64) PRIMARY KEY NOT NULL, \"account\" varchar(64) NOT NULL, \"failures\" integer NOT NULL, \"lastFailureAt\" bigint NOT NULL, \"blockedUntil\" bigint NOT NULL)");
    await runner.query("CREATE INDEX \"ix_sign_in_failure_account\" ON \"sign_in_failure\" (\"account\") ");
    await runner.query("CREATE TABLE \"sign_in_address\" (\"digest\" varchar(64) PRIMARY KEY NOT NULL, \"account\" varchar(64) NOT NULL, \"lastSeenAt\" bigint NOT NULL)");
    await runner.query("CREATE INDEX \"ix_sign_in_address_account\" ON \"sign_in_address\" (\"account\") ");
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query("DROP INDEX \"ix_sign_in_address_account\"");
    await runner.query("DROP TABLE \"sign_in_address\"");
    await runner.query("DROP INDEX \"ix_sign_in_failure_account\"");
    await runner.query("DROP TABLE \"sign_in_failure\"");
  }
}
