import type { MigrationInterface, QueryRunner } from 'typeorm';

export class IdentityProviders1795903951802 implements MigrationInterface {
  name = 'IdentityProviders1795903951802';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query("CREATE TABLE \"identity_provider\" (\"id\" integer PRIMARY KEY AUTOINCREMENT NOT NULL, \"uuid\" varchar(36) NOT NULL, \"organization\" varchar(190) NOT NULL, \"rowVersion\" integer NOT NULL DEFAULT (1), \"createdAt\" bigint NOT NULL, \"updatedAt\" bigint NOT NULL, \"name\" varchar(40) NOT NULL, \"enabled\" boolean NOT NULL, \"settings\" text NOT NULL, \"metadata\" text NOT NULL, \"clientSecretSealed\" text, CONSTRAINT \"UQ_0abb0eaf16fe679a85048deb5d3\" UNIQUE (\"uuid\"), CONSTRAINT \"uq_identity_provider_name\" UNIQUE (\"organization\", \"name\"))");
    await runner.query("CREATE TABLE \"federated_account\" (\"id\" integer PRIMARY KEY AUTOINCREMENT NOT NULL, \"uuid\" varchar(36) NOT NULL, \"providerUuid\" varchar(36) NOT NULL, \"subject\" varchar(255) NOT NULL, \"organization\" varchar(190) NOT NULL, \"userName\" varchar(190) NOT NULL, \"userUuid\" varchar(36) NOT NULL, \"provisioned\" boolean NOT NULL, \"createdAt\" bigint NOT NULL, \"lastUsedAt\" bigint NOT NULL DEFAULT (0), CONSTRAINT \"UQ_1721acfe95c92eee61ac62eb35e\" UNIQUE (\"uuid\"), CONSTRAINT \"uq_federated_account_subject\" UNIQUE (\"providerUuid\", \"subject\"))");
    await runner.query("CREATE INDEX \"ix_federated_account_user\" ON \"federated_account\" (\"organization\", \"userName\") ");
    await runner.query("DROP INDEX \"ix_sign_in_session_user\"");
    await runner.query("DROP INDEX \"ix_sign_in_session_expires\"");
    await runner.query("CREATE TABLE \"temporary_sign_in_session\" (\"id\" integer PRIMARY KEY AUTOINCREMENT NOT NULL, \"uuid\" varchar(36) NOT NULL, \"tokenDigest\" varchar(64) NOT NULL, \"organization\" varchar(190) NOT NULL, \"userName\" varchar(190) NOT NULL, \"amr\" text NOT NULL, \"authenticatedAt\" bigint NOT NULL, \"lastSeenAt\" bigint NOT NULL, \"expiresAt\" bigint NOT NULL, \"userAgent\" varchar(255) NOT NULL, \"address\" varchar(64) NOT NULL, \"identityProvider\" varchar(36), CONSTRAINT \"UQ_28ef80319c0873d7a3d51086142\" UNIQUE (\"tokenDigest\"), CONSTRAINT \"UQ_90d8596a08b10b2149a31a12a9b\" UNIQUE (\"uuid\"))");
    await runner.query("INSERT INTO \"temporary_sign_in_session\"(\"id\", \"uuid\", \"tokenDigest\", \"organization\", \"userName\", \"amr\", \"authenticatedAt\", \"lastSeenAt\", \"expiresAt\", \"userAgent\", \"address\") SELECT \"id\", \"uuid\", \"tokenDigest\", \"organization\", \"userName\", \"amr\", \"authenticatedAt\", \"lastSeenAt\", \"expiresAt\", \"userAgent\", \"address\" FROM \"sign_in_session\"");
    await runner.query("DROP TABLE \"sign_in_session\"");
    await runner.query("ALTER TABLE \"temporary_sign_in_session\" RENAME TO \"sign_in_session\"");
    await runner.query("CREATE INDEX \"ix_sign_in_session_user\" ON \"sign_in_session\" (\"organization\", \"userName\") ");
    await runner.query("CREATE INDEX \"ix_sign_in_session_expires\" ON \"sign_in_session\" (\"expiresAt\") ");
    await runner.query("CREATE INDEX \"ix_sign_in_session_provider\" ON \"sign_in_session\" (\"identityProvider\") ");
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query("DROP INDEX \"ix_sign_in_session_provider\"");
    await runner.query("DROP INDEX \"ix_sign_in_session_expires\"");
    await runner.query("DROP INDEX \"ix_sign_in_session_user\"");
    await runner.query("ALTER TABLE \"sign_in_session\" RENAME TO \"temporary_sign_in_session\"");
    await runner.query("CREATE TABLE \"sign_in_session\" (\"id\" integer PRIMARY KEY AUTOINCREMENT NOT NULL, \"uuid\" varchar(36) NOT NULL, \"tokenDigest\" varchar(64) NOT NULL, \"organization\" varchar(190) NOT NULL, \"userName\" varchar(190) NOT NULL, \"amr\" text NOT NULL, \"authenticatedAt\" bigint NOT NULL, \"lastSeenAt\" bigint NOT NULL, \"expiresAt\" bigint NOT NULL, \"userAgent\" varchar(255) NOT NULL, \"address\" varchar(64) NOT NULL, CONSTRAINT \"UQ_28ef80319c0873d7a3d51086142\" UNIQUE (\"tokenDigest\"), CONSTRAINT \"UQ_90d8596a08b10b2149a31a12a9b\" UNIQUE (\"uuid\"))");
    await runner.query("INSERT INTO \"sign_in_session\"(\"id\", \"uuid\", \"tokenDigest\", \"organization\", \"userName\", \"amr\", \"authenticatedAt\", \"lastSeenAt\", \"expiresAt\", \"userAgent\", \"address\") SELECT \"id\", \"uuid\", \"tokenDigest\", \"organization\", \"userName\", \"amr\", \"authenticatedAt\", \"lastSeenAt\", \"expiresAt\", \"userAgent\", \"address\" FROM \"temporary_sign_in_session\"");
    await runner.query("DROP TABLE \"temporary_sign_in_session\"");
    await runner.query("CREATE INDEX \"ix_sign_in_session_expires\" ON \"sign_in_session\" (\"expiresAt\") ");
    await runner.query("CREATE INDEX \"ix_sign_in_session_user\" ON \"sign_in_session\" (\"organization\", \"userName\") ");
    await runner.query("DROP INDEX \"ix_federated_account_user\"");
    await runner.query("DROP TABLE \"federated_account\"");
    await runner.query("DROP TABLE \"identity_provider\"");
  }
}
