import type { MigrationInterface, QueryRunner } from 'typeorm';

export class StrictPolicies1795844634044 implements MigrationInterface {
  name = 'StrictPolicies1795844634044';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query("CREATE TABLE \"temporary_throttle_policy\" (\"id\" integer PRIMARY KEY AUTOINCREMENT NOT NULL, \"uuid\" varchar(36) NOT NULL, \"organization\" varchar(190) NOT NULL, \"rowVersion\" integer NOT NULL DEFAULT (1), \"createdAt\" bigint NOT NULL, \"updatedAt\" bigint NOT NULL, \"level\" varchar(16) NOT NULL, \"name\" varchar(60) NOT NULL, \"displayName\" varchar(512) NOT NULL, \"description\" varchar(1024) NOT NULL, \"quota\" text, \"burst\" text, \"stopOnQuotaReach\" boolean NOT NULL, \"applicableLevel\" varchar(16) NOT NULL, \"conditionGroups\" text NOT NULL, \"degradedMode\" varchar(16) NOT NULL, \"permissions\" text, \"details\" text NOT NULL, \"isDeployed\" boolean NOT NULL, \"strict\" boolean NOT NULL DEFAULT (0), CONSTRAINT \"uq_throttle_policy_name\" UNIQUE (\"organization\", \"level\", \"name\"), CONSTRAINT \"UQ_b0e73d3a1f047547f7b0b87ea46\" UNIQUE (\"uuid\"))");
    await runner.query("INSERT INTO \"temporary_throttle_policy\"(\"id\", \"uuid\", \"organization\", \"rowVersion\", \"createdAt\", \"updatedAt\", \"level\", \"name\", \"displayName\", \"description\", \"quota\", \"burst\", \"stopOnQuotaReach\", \"applicableLevel\", \"conditionGroups\", \"degradedMode\", \"permissions\", \"details\", \"isDeployed\") SELECT \"id\", \"uuid\", \"organization\", \"rowVersion\", \"createdAt\", \"updatedAt\", \"level\", \"name\", \"displayName\", \"description\", \"quota\", \"burst\", \"stopOnQuotaReach\", \"applicableLevel\", \"conditionGroups\", \"degradedMode\", \"permissions\", \"details\", \"isDeployed\" FROM \"throttle_policy\"");
    await runner.query("DROP TABLE \"throttle_policy\"");
    await runner.query("ALTER TABLE \"temporary_throttle_policy\" RENAME TO \"throttle_policy\"");
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query("ALTER TABLE \"throttle_policy\" RENAME TO \"temporary_throttle_policy\"");
    await runner.query("CREATE TABLE \"throttle_policy\" (\"id\" integer PRIMARY KEY AUTOINCREMENT NOT NULL, \"uuid\" varchar(36) NOT NULL, \"organization\" varchar(190) NOT NULL, \"rowVersion\" integer NOT NULL DEFAULT (1), \"createdAt\" bigint NOT NULL, \"updatedAt\" bigint NOT NULL, \"level\" varchar(16) NOT NULL, \"name\" varchar(60) NOT NULL, \"displayName\" varchar(512) NOT NULL, \"description\" varchar(1024) NOT NULL, \"quota\" text, \"burst\" text, \"stopOnQuotaReach\" boolean NOT NULL, \"applicableLevel\" varchar(16) NOT NULL, \"conditionGroups\" text NOT NULL, \"degradedMode\" varchar(16) NOT NULL, \"permissions\" text, \"details\" text NOT NULL, \"isDeployed\" boolean NOT NULL, CONSTRAINT \"uq_throttle_policy_name\" UNIQUE (\"organization\", \"level\", \"name\"), CONSTRAINT \"UQ_b0e73d3a1f047547f7b0b87ea46\" UNIQUE (\"uuid\"))");
    await runner.query("INSERT INTO \"throttle_policy\"(\"id\", \"uuid\", \"organization\", \"rowVersion\", \"createdAt\", \"updatedAt\", \"level\", \"name\", \"displayName\", \"description\", \"quota\", \"burst\", \"stopOnQuotaReach\", \"applicableLevel\", \"conditionGroups\", \"degradedMode\", \"permissions\", \"details\", \"isDeployed\") SELECT \"id\", \"uuid\", \"organization\", \"rowVersion\", \"createdAt\", \"updatedAt\", \"level\", \"name\", \"displayName\", \"description\", \"quota\", \"burst\", \"stopOnQuotaReach\", \"applicableLevel\", \"conditionGroups\", \"degradedMode\", \"permissions\", \"details\", \"isDeployed\" FROM \"temporary_throttle_policy\"");
    await runner.query("DROP TABLE \"temporary_throttle_policy\"");
  }
}
