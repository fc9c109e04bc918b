import type { MigrationInterface, QueryRunner } from 'typeorm';

export class SignIn1795844477804 implements MigrationInterface {
  name = 'SignIn1795844477804';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query("CREATE TABLE \"sign_in_session\" (\"id\" integer PRIMARY KEY AUTOINCREMENT NOT NULL, \"uuid\" varchar(36) NOT NULL, \"tokenDigest\" varchar(64) NOT NULL, \"organization\" varchar(190) NOT NULL, \"userName\" varchar(190) NOT NULL, \"amr\" text NOT NULL, \"authenticatedAt\" bigint NOT NULL, \"lastSeenAt\" bigint NOT NULL, \"expiresAt\" bigint NOT NULL, \"userAgent\" varchar(255) NOT NULL, \"address\" varchar(64) NOT NULL, CONSTRAINT \"UQ_90d8596a08b10b2149a31a12a9b\" UNIQUE (\"uuid\"), CONSTRAINT \"UQ_28ef80319c0873d7a3d51086142\" UNIQUE (\"tokenDigest\"))");
    await runner.query("CREATE INDEX \"ix_sign_in_session_expires\" ON \"sign_in_session\" (\"expiresAt\") ");
    await runner.query("CREATE INDEX \"ix_sign_in_session_user\" ON \"sign_in_session\" (\"organization\", \"userName\") ");
    await runner.query("CREATE TABLE \"interaction\" (\"id\" integer PRIMARY KEY AUTOINCREMENT NOT NULL, \"uuid\" varchar(36) NOT NULL, \"browserDigest\" varchar(64) NOT NULL, \"tenant\" varchar(190), \"parameters\" text NOT NULL, \"state\" text NOT NULL, \"createdAt\" bigint NOT NULL, \"expiresAt\" bigint NOT NULL, CONSTRAINT \"UQ_9a19675861d134ee3cef21d482a\" UNIQUE (\"uuid\"))");
    await runner.query("CREATE INDEX \"ix_interaction_expires\" ON \"interaction\" (\"expiresAt\") ");
    await runner.query("CREATE TABLE \"authorization_code\" (\"id\" integer PRIMARY KEY AUTOINCREMENT NOT NULL, \"codeDigest\" varchar(64) NOT NULL, \"consumerKey\" varchar(190) NOT NULL, \"organization\" varchar(190) NOT NULL, \"userName\" varchar(190) NOT NULL, \"scopes\" text NOT NULL, \"redirectUri\" varchar(2000) NOT NULL, \"redirectNamed\" boolean NOT NULL, \"codeChallenge\" varchar(64), \"context\" text NOT NULL, \"family\" varchar(36) NOT NULL, \"accessJti\" varchar(36), \"accessExpiresAt\" bigint NOT NULL DEFAULT (0), \"used\" boolean NOT NULL DEFAULT (0), \"expiresAt\" bigint NOT NULL, \"forgetAt\" bigint NOT NULL, CONSTRAINT \"UQ_5a3e84e13a28b91fe8a50f8382e\" UNIQUE (\"codeDigest\"))");
    await runner.query("CREATE INDEX \"ix_authorization_code_client\" ON \"authorization_code\" (\"consumerKey\") ");
    await runner.query("CREATE INDEX \"ix_authorization_code_forget\" ON \"authorization_code\" (\"forgetAt\") ");
    await runner.query("CREATE INDEX \"ix_authorization_code_user\" ON \"authorization_code\" (\"organization\", \"userName\") ");
    await runner.query("CREATE TABLE \"consent\" (\"id\" integer PRIMARY KEY AUTOINCREMENT NOT NULL, \"organization\" varchar(190) NOT NULL, \"userName\" varchar(190) NOT NULL, \"consumerKey\" varchar(190) NOT NULL, \"scopes\" text NOT NULL, \"updatedAt\" bigint NOT NULL, CONSTRAINT \"uq_consent\" UNIQUE (\"organization\", \"userName\", \"consumerKey\"))");
    await runner.query("CREATE INDEX \"ix_consent_client\" ON \"consent\" (\"consumerKey\") ");
    await runner.query("DROP INDEX \"ix_oauth_client_application\"");
    await runner.query("DROP INDEX \"ix_oauth_client_owner\"");
    await runner.query("CREATE TABLE \"temporary_oauth_client\" (\"id\" integer PRIMARY KEY AUTOINCREMENT NOT NULL, \"uuid\" varchar(36) NOT NULL, \"organization\" varchar(190) NOT NULL, \"rowVersion\" integer NOT NULL DEFAULT (1), \"createdAt\" bigint NOT NULL, \"updatedAt\" bigint NOT NULL, \"consumerKey\" varchar(190) NOT NULL, \"name\" varchar(255) NOT NULL, \"secretDigest\" varchar(64) NOT NULL, \"secretSealed\" text, \"grantTypes\" text NOT NULL, \"callbackUrls\" text NOT NULL, \"owner\" varchar(190) NOT NULL, \"keyType\" varchar(16), \"applicationUuid\" varchar(36), \"accessTokenLifetimeSeconds\" integer NOT NULL, \"refreshTokenLifetimeSeconds\" integer NOT NULL, \"saas\" boolean NOT NULL, \"registrationKey\" varchar(64), \"tokenAlgorithm\" varchar(16), \"audiences\" text, \"customClaims\" text, \"tokensExpireAt\" bigint NOT NULL DEFAULT (0), \"authMethod\" varchar(32) NOT NULL DEFAULT ('client_secret'), \"firstParty\" boolean NOT NULL DEFAULT (0), \"postLogoutUris\" text, CONSTRAINT \"UQ_6896bfac1cf684ce6b3bc8b8085\" UNIQUE (\"registrationKey\"), CONSTRAINT \"UQ_72b403e3a3aa05e25d5ca348de8\" UNIQUE (\"consumerKey\"), CONSTRAINT \"UQ_c2720b2bf3513154d4613f7d0fd\" UNIQUE (\"uuid\"))");
    await runner.query("INSERT INTO \"temporary_oauth_client\"(\"id\", \"uuid\", \"organization\", \"rowVersion\", \"createdAt\", \"updatedAt\", \"consumerKey\", \"name\", \"secretDigest\", \"secretSealed\", \"grantTypes\", \"callbackUrls\", \"owner\", \"keyType\", \"applicationUuid\", \"accessTokenLifetimeSeconds\", \"refreshTokenLifetimeSeconds\", \"saas\", \"registrationKey\", \"tokenAlgorithm\", \"audiences\", \"customClaims\", \"tokensExpireAt\") SELECT \"id\", \"uuid\", \"organization\", \"rowVersion\", \"createdAt\", \"updatedAt\", \"consumerKey\", \"name\", \"secretDigest\", \"secretSealed\", \"grantTypes\", \"callbackUrls\", \"owner\", \"keyType\", \"applicationUuid\", \"accessTokenLifetimeSeconds\", \"refreshTokenLifetimeSeconds\", \"saas\", \"registrationKey\", \"tokenAlgorithm\", \"audiences\", \"customClaims\", \"tokensExpireAt\" FROM \"oauth_client\"");
    await runner.query("DROP TABLE \"oauth_client\"");
    await runner.query("ALTER TABLE \"temporary_oauth_client\" RENAME TO \"oauth_client\"");
    await runner.query("CREATE INDEX \"ix_oauth_client_application\" ON \"oauth_client\" (\"applicationUuid\") ");
    await runner.query("CREATE INDEX \"ix_oauth_client_owner\" ON \"oauth_client\" (\"owner\") ");
    await runner.query("DROP INDEX \"ix_refresh_token_user\"");
    await runner.query("DROP INDEX \"ix_refresh_token_expires\"");
    await runner.query("DROP INDEX \"ix_refresh_token_client\"");
    await runner.query("DROP INDEX \"ix_refresh_token_family\"");
    await runner.query("CREATE TABLE \"temporary_refresh_token\" (\"id\" integer PRIMARY KEY AUTOINCREMENT NOT NULL, \"tokenDigest\" varchar(64) NOT NULL, \"family\" varchar(36) NOT NULL, \"consumerKey\" varchar(190) NOT NULL, \"organization\" varchar(190) NOT NULL, \"userName\" varchar(190) NOT NULL, \"scopes\" text NOT NULL, \"accessJti\" varchar(36) NOT NULL, \"accessExpiresAt\" bigint NOT NULL, \"used\" boolean NOT NULL DEFAULT (0), \"usedAt\" bigint NOT NULL DEFAULT (0), \"revoked\" boolean NOT NULL DEFAULT (0), \"issuedAt\" bigint NOT NULL, \"expiresAt\" bigint NOT NULL, \"familyExpiresAt\" bigint NOT NULL, \"context\" text, \"sessionUuid\" varchar(36), CONSTRAINT \"UQ_d4458c05b30f84f6dc0d6c67d78\" UNIQUE (\"tokenDigest\"))");
    await runner.query("INSERT INTO \"temporary_refresh_token\"(\"id\", \"tokenDigest\", \"family\", \"consumerKey\", \"organization\", \"userName\", \"scopes\", \"accessJti\", \"accessExpiresAt\", \"used\", \"usedAt\", \"revoked\", \"issuedAt\", \"expiresAt\", \"familyExpiresAt\") SELECT \"id\", \"tokenDigest\", \"family\", \"consumerKey\", \"organization\", \"userName\", \"scopes\", \"accessJti\", \"accessExpiresAt\", \"used\", \"usedAt\", \"revoked\", \"issuedAt\", \"expiresAt\", \"familyExpiresAt\" FROM \"refresh_token\"");
    await runner.query("DROP TABLE \"refresh_token\"");
    await runner.query("ALTER TABLE \"temporary_refresh_token\" RENAME TO \"refresh_token\"");
    await runner.query("CREATE INDEX \"ix_refresh_token_user\" ON \"refresh_token\" (\"organization\", \"userName\") ");
    await runner.query("CREATE INDEX \"ix_refresh_token_expires\" ON \"refresh_token\" (\"expiresAt\") ");
    await runner.query("CREATE INDEX \"ix_refresh_token_client\" ON \"refresh_token\" (\"consumerKey\") ");
    await runner.query("CREATE INDEX \"ix_refresh_token_family\" ON \"refresh_token\" (\"family\") ");
    await runner.query("CREATE INDEX \"ix_refresh_token_session\" ON \"refresh_token\" (\"sessionUuid\") ");
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query("DROP INDEX \"ix_refresh_token_session\"");
    await runner.query("DROP INDEX \"ix_refresh_token_family\"");
    await runner.query("DROP INDEX \"ix_refresh_token_client\"");
    await runner.query("DROP INDEX \"ix_refresh_token_expires\"");
    await runner.query("DROP INDEX \"ix_refresh_token_user\"");
    await runner.query("ALTER TABLE \"refresh_token\" RENAME TO \"temporary_refresh_token\"");
    await runner.query("CREATE TABLE \"refresh_token\" (\"id\" integer PRIMARY KEY AUTOINCREMENT NOT NULL, \"tokenDigest\" varchar(64) NOT NULL, \"family\" varchar(36) NOT NULL, \"consumerKey\" varchar(190) NOT NULL, \"organization\" varchar(190) NOT NULL, \"userName\" varchar(190) NOT NULL, \"scopes\" text NOT NULL, \"accessJti\" varchar(36) NOT NULL, \"accessExpiresAt\" bigint NOT NULL, \"used\" boolean NOT NULL DEFAULT (0), \"usedAt\" bigint NOT NULL DEFAULT (0), \"revoked\" boolean NOT NULL DEFAULT (0), \"issuedAt\" bigint NOT NULL, \"expiresAt\" bigint NOT NULL, \"familyExpiresAt\" bigint NOT NULL, CONSTRAINT \"UQ_d4458c05b30f84f6dc0d6c67d78\" UNIQUE (\"tokenDigest\"))");
    await runner.query("INSERT INTO \"refresh_token\"(\"id\", \"tokenDigest\", \"family\", \"consumerKey\", \"organization\", \"userName\", \"scopes\", \"accessJti\", \"accessExpiresAt\", \"used\", \"usedAt\", \"revoked\", \"issuedAt\", \"expiresAt\", \"familyExpiresAt\") SELECT \"id\", \"tokenDigest\", \"family\", \"consumerKey\", \"organization\", \"userName\", \"scopes\", \"accessJti\", \"accessExpiresAt\", \"used\", \"usedAt\", \"revoked\", \"issuedAt\", \"expiresAt\", \"familyExpiresAt\" FROM \"temporary_refresh_token\"");
    await runner.query("DROP TABLE \"temporary_refresh_token\"");
    await runner.query("CREATE INDEX \"ix_refresh_token_family\" ON \"refresh_token\" (\"family\") ");
    await runner.query("CREATE INDEX \"ix_refresh_token_client\" ON \"refresh_token\" (\"consumerKey\") ");
    await runner.query("CREATE INDEX \"ix_refresh_token_expires\" ON \"refresh_token\" (\"expiresAt\") ");
    await runner.query("CREATE INDEX \"ix_refresh_token_user\" ON \"refresh_token\" (\"organization\", \"userName\") ");
    await runner.query("DROP INDEX \"ix_oauth_client_owner\"");
    await runner.query("DROP INDEX \"ix_oauth_client_application\"");
    await runner.query("ALTER TABLE \"oauth_client\" RENAME TO \"temporary_oauth_client\"");
    await runner.query("CREATE TABLE \"oauth_client\" (\"id\" integer PRIMARY KEY AUTOINCREMENT NOT NULL, \"uuid\" varchar(36) NOT NULL, \"organization\" varchar(190) NOT NULL, \"rowVersion\" integer NOT NULL DEFAULT (1), \"createdAt\" bigint NOT NULL, \"updatedAt\" bigint NOT NULL, \"consumerKey\" varchar(190) NOT NULL, \"name\" varchar(255) NOT NULL, \"secretDigest\" varchar(64) NOT NULL, \"secretSealed\" text, \"grantTypes\" text NOT NULL, \"callbackUrls\" text NOT NULL, \"owner\" varchar(190) NOT NULL, \"keyType\" varchar(16), \"applicationUuid\" varchar(36), \"accessTokenLifetimeSeconds\" integer NOT NULL, \"refreshTokenLifetimeSeconds\" integer NOT NULL, \"saas\" boolean NOT NULL, \"registrationKey\" varchar(64), \"tokenAlgorithm\" varchar(16), \"audiences\" text, \"customClaims\" text, \"tokensExpireAt\" bigint NOT NULL DEFAULT (0), CONSTRAINT \"UQ_6896bfac1cf684ce6b3bc8b8085\" UNIQUE (\"registrationKey\"), CONSTRAINT \"UQ_72b403e3a3aa05e25d5ca348de8\" UNIQUE (\"consumerKey\"), CONSTRAINT \"UQ_c2720b2bf3513154d4613f7d0fd\" UNIQUE (\"uuid\"))");
    await runner.query("INSERT INTO \"oauth_client\"(\"id\", \"uuid\", \"organization\", \"rowVersion\", \"createdAt\", \"updatedAt\", \"consumerKey\", \"name\", \"secretDigest\", \"secretSealed\", \"grantTypes\", \"callbackUrls\", \"owner\", \"keyType\", \"applicationUuid\", \"accessTokenLifetimeSeconds\", \"refreshTokenLifetimeSeconds\", \"saas\", \"registrationKey\", \"tokenAlgorithm\", \"audiences\", \"customClaims\", \"tokensExpireAt\") SELECT \"id\", \"uuid\", \"organization\", \"rowVersion\", \"createdAt\", \"updatedAt\", \"consumerKey\", \"name\", \"secretDigest\", \"secretSealed\", \"grantTypes\", \"callbackUrls\", \"owner\", \"keyType\", \"applicationUuid\", \"accessTokenLifetimeSeconds\", \"refreshTokenLifetimeSeconds\", \"saas\", \"registrationKey\", \"tokenAlgorithm\", \"audiences\", \"customClaims\", \"tokensExpireAt\" FROM \"temporary_oauth_client\"");
    await runner.query("DROP TABLE \"temporary_oauth_client\"");
    await runner.query("CREATE INDEX \"ix_oauth_client_owner\" ON \"oauth_client\" (\"owner\") ");
    await runner.query("CREATE INDEX \"ix_oauth_client_application\" ON \"oauth_client\" (\"applicationUuid\") ");
    await runner.query("DROP INDEX \"ix_consent_client\"");
    await runner.query("DROP TABLE \"consent\"");
    await runner.query("DROP INDEX \"ix_authorization_code_user\"");
    await runner.query("DROP INDEX \"ix_authorization_code_forget\"");
    await runner.query("DROP INDEX \"ix_authorization_code_client\"");
    await runner.query("DROP TABLE \"authorization_code\"");
    await runner.query("DROP INDEX \"ix_interaction_expires\"");
    await runner.query("DROP TABLE \"interaction\"");
    await runner.query("DROP INDEX \"ix_sign_in_session_user\"");
    await runner.query("DROP INDEX \"ix_sign_in_session_expires\"");
    await runner.query("DROP TABLE \"sign_in_session\"");
  }
}
