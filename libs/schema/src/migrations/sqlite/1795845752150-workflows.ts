import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Workflows1795845752150 implements MigrationInterface {
  name = 'Workflows1795845752150';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query("CREATE TABLE \"workflow_task\" (\"id\" integer PRIMARY KEY AUTOINCREMENT NOT NULL, \"uuid\" varchar(36) NOT NULL, \"organization\" varchar(190) NOT NULL, \"rowVersion\" integer NOT NULL DEFAULT (1), \"createdAt\" bigint NOT NULL, \"updatedAt\" bigint NOT NULL, \"type\" varchar(64) NOT NULL, \"status\" varchar(16) NOT NULL, \"subject\" varchar(190) NOT NULL, \"pendingSubject\" varchar(190), \"requestedBy\" varchar(190) NOT NULL, \"description\" text NOT NULL, \"properties\" text NOT NULL, \"payloadSealed\" text NOT NULL, \"callbackDigest\" varchar(64), \"decidedBy\" varchar(190), \"decisionText\" text, CONSTRAINT \"UQ_581564da7239248bb52118f6c76\" UNIQUE (\"uuid\"), CONSTRAINT \"uq_workflow_task_pending\" UNIQUE (\"organization\", \"type\", \"pendingSubject\"))");
    await runner.query("CREATE INDEX \"ix_workflow_task_type\" ON \"workflow_task\" (\"type\") ");
    await runner.query("CREATE INDEX \"ix_workflow_task_subject\" ON \"workflow_task\" (\"subject\") ");
    await runner.query("CREATE TABLE \"workflow_setting\" (\"organization\" varchar(190) PRIMARY KEY NOT NULL, \"extensions\" text NOT NULL, \"updatedAt\" bigint NOT NULL)");
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query("DROP TABLE \"workflow_setting\"");
    await runner.query("DROP INDEX \"ix_workflow_task_subject\"");
    await runner.query("DROP INDEX \"ix_workflow_task_type\"");
    await runner.query("DROP TABLE \"workflow_task\"");
  }
}
