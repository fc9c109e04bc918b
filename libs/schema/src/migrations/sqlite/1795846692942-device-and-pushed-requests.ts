import type { MigrationInterface, QueryRunner } from 'typeorm';

export class DeviceAndPushedRequests1795846692942 implements MigrationInterface {
  name = 'DeviceAndPushedRequests1795846692942';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query("CREATE TABLE \"pushed_request\" (\"id\" integer PRIMARY KEY AUTOINCREMENT NOT NULL, \"uriDigest\" varchar(64) NOT NULL, \"consumerKey\" varchar(190) NOT NULL, \"parameters\" text NOT NULL, \"expiresAt\" bigint NOT NULL, CONSTRAINT \"UQ_40884209491b114c49476d7ac63\" UNIQUE (\"uriDigest\"))");
    await runner.query("CREATE INDEX \"ix_pushed_request_expires\" ON \"pushed_request\" (\"expiresAt\") ");
    await runner.query("CREATE TABLE \"device_grant\" (\"id\" integer PRIMARY KEY AUTOINCREMENT NOT NULL, \"uuid\" varchar(36) NOT NULL, \"deviceCodeDigest\" varchar(64) NOT NULL, \"userCodeDigest\" varchar(64) NOT NULL, \"consumerKey\" varchar(190) NOT NULL, \"tenant\" varchar(190), \"scopes\" text NOT NULL, \"state\" varchar(16) NOT NULL, \"organization\" varchar(190), \"userName\" varchar(190), \"context\" text, \"intervalSeconds\" integer NOT NULL, \"polledAt\" bigint NOT NULL, \"expiresAt\" bigint NOT NULL, CONSTRAINT \"UQ_d4f9cf0cc90c12aca92fc389947\" UNIQUE (\"uuid\"), CONSTRAINT \"UQ_00b9f8bc08ed5a2c5fc519541d0\" UNIQUE (\"deviceCodeDigest\"), CONSTRAINT \"UQ_bcbf2606f48e899ff7b068e5c54\" UNIQUE (\"userCodeDigest\"))");
    await runner.query("CREATE INDEX \"ix_device_grant_expires\" ON \"device_grant\" (\"expiresAt\") ");
    await runner.query("CREATE TABLE \"one_time_id\" (\"id\" integer PRIMARY KEY AUTOINCREMENT NOT NULL, \"digest\" varchar(64) NOT NULL, \"expiresAt\" bigint NOT NULL, CONSTRAINT \"UQ_39c8336ce9bb7f70f3cdc511a6b\" UNIQUE (\"digest\"))");
    await runner.query("CREATE INDEX \"ix_one_time_id_expires\" ON \"one_time_id\" (\"expiresAt\") ");
    await runner.query("DROP INDEX \"ix_api_scope_name\"");
    await runner.query("CREATE TABLE \"temporary_api_scope\" (\"apiId\" integer NOT NULL, \"name\" varchar(190) NOT NULL, \"organization\" varchar(190) NOT NULL, \"apiName\" varchar(60) NOT NULL, \"roles\" text NOT NULL, \"displayName\" varchar(255) NOT NULL DEFAULT (''), \"description\" text, PRIMARY KEY (\"apiId\", \"name\"))");
    await runner.query("INSERT INTO \"temporary_api_scope\"(\"apiId\", \"name\", \"organization\", \"apiName\", \"roles\") SELECT \"apiId\", \"name\", \"organization\", \"apiName\", \"roles\" FROM \"api_scope\"");
    await runner.query("DROP TABLE \"api_scope\"");
    await runner.query("ALTER TABLE \"temporary_api_scope\" RENAME TO \"api_scope\"");
    await runner.query("CREATE INDEX \"ix_api_scope_name\" ON \"api_scope\" (\"organization\", \"name\") ");
    await runner.query("DROP INDEX \"ix_oauth_client_owner\"");
    await runner.query("DROP INDEX \"ix_oauth_client_application\"");
    await runner.query("CREATE TABLE \"temporary_oauth_client\" (\"id\" integer PRIMARY KEY AUTOINCREMENT NOT NULL, \"uuid\" varchar(36) NOT NULL, \"organization\" varchar(190) NOT NULL, \"rowVersion\" integer NOT NULL DEFAULT (1), \"createdAt\" bigint NOT NULL, \"updatedAt\" bigint NOT NULL, \"consumerKey\" varchar(190) NOT NULL, \"name\" varchar(255) NOT NULL, \"secretDigest\" varchar(64) NOT NULL, \"secretSealed\" text, \"grantTypes\" text NOT NULL, \"callbackUrls\" text NOT NULL, \"owner\" varchar(190) NOT NULL, \"keyType\" varchar(16), \"applicationUuid\" varchar(36), \"accessTokenLifetimeSeconds\" integer NOT NULL, \"refreshTokenLifetimeSeconds\" integer NOT NULL, \"saas\" boolean NOT NULL, \"registrationKey\" varchar(64), \"tokenAlgorithm\" varchar(16), \"audiences\" text, \"customClaims\" text, \"tokensExpireAt\" bigint NOT NULL DEFAULT (0), \"authMethod\" varchar(32) NOT NULL DEFAULT ('client_secret'), \"firstParty\" boolean NOT NULL DEFAULT (0), \"postLogoutUris\" text, \"jwks\" text, CONSTRAINT \"UQ_c2720b2bf3513154d4613f7d0fd\" UNIQUE (\"uuid\"), CONSTRAINT \"UQ_72b403e3a3aa05e25d5ca348de8\" UNIQUE (\"consumerKey\"), CONSTRAINT \"UQ_6896bfac1cf684ce6b3bc8b8085\" UNIQUE (\"registrationKey\"))");
    await runner.query("INSERT INTO \"temporary_oauth_client\"(\"id\", \"uuid\", \"organization\", \"rowVersion\", \"createdAt\", \"updatedAt\", \"consumerKey\", \"name\", \"secretDigest\", \"secretSealed\", \"grantTypes\", \"callbackUrls\", \"owner\", \"keyType\", \"applicationUuid\", \"accessTokenLifetimeSeconds\", \"refreshTokenLifetimeSeconds\", \"saas\", \"registrationKey\", \"tokenAlgorithm\", \"audiences\", \"customClaims\", \"tokensExpireAt\", \"authMethod\", \"firstParty\", \"postLogoutUris\") SELECT \"id\", \"uuid\", \"organization\", \"rowVersion\", \"createdAt\", \"updatedAt\", \"consumerKey\", \"name\", \"secretDigest\", \"secretSealed\", \"grantTypes\", \"callbackUrls\", \"owner\", \"keyType\", \"applicationUuid\", \"accessTokenLifetimeSeconds\", \"refreshTokenLifetimeSeconds\", \"saas\", \"registrationKey\", \"tokenAlgorithm\", \"audiences\", \"customClaims\", \"tokensExpireAt\", \"authMethod\", \"firstParty\", \"postLogoutUris\" FROM \"oauth_client\"");
    await runner.query("DROP TABLE \"oauth_client\"");
    await runner.query("ALTER TABLE \"temporary_oauth_client\" RENAME TO \"oauth_client\"");
    await runner.query("CREATE INDEX \"ix_oauth_client_owner\" ON \"oauth_client\" (\"owner\") ");
    await runner.query("CREATE INDEX \"ix_oauth_client_application\" ON \"oauth_client\" (\"applicationUuid\") ");
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query("DROP INDEX \"ix_oauth_client_application\"");
    await runner.query("DROP INDEX \"ix_oauth_client_owner\"");
    await runner.query("ALTER TABLE \"oauth_client\" RENAME TO \"temporary_oauth_client\"");
    await runner.query("CREATE TABLE \"oauth_client\" (\"id\" integer PRIMARY KEY AUTOINCREMENT NOT NULL, \"uuid\" varchar(36) NOT NULL, \"organization\" varchar(190) NOT NULL, \"rowVersion\" integer NOT NULL DEFAULT (1), \"createdAt\" bigint NOT NULL, \"updatedAt\" bigint NOT NULL, \"consumerKey\" varchar(190) NOT NULL, \"name\" varchar(255) NOT NULL, \"secretDigest\" varchar(64) NOT NULL, \"secretSealed\" text, \"grantTypes\" text NOT NULL, \"callbackUrls\" text NOT NULL, \"owner\" varchar(190) NOT NULL, \"keyType\" varchar(16), \"applicationUuid\" varchar(36), \"accessTokenLifetimeSeconds\" integer NOT NULL, \"refreshTokenLifetimeSeconds\" integer NOT NULL, \"saas\" boolean NOT NULL, \"registrationKey\" varchar(64), \"tokenAlgorithm\" varchar(16), \"audiences\" text, \"customClaims\" text, \"tokensExpireAt\" bigint NOT NULL DEFAULT (0), \"authMethod\" varchar(32) NOT NULL DEFAULT ('client_secret'), \"firstParty\" boolean NOT NULL DEFAULT (0), \"postLogoutUris\" text, CONSTRAINT \"UQ_c2720b2bf3513154d4613f7d0fd\" UNIQUE (\"uuid\"), CONSTRAINT \"UQ_72b403e3a3aa05e25d5ca348de8\" UNIQUE (\"consumerKey\"), CONSTRAINT \"UQ_6896bfac1cf684ce6b3bc8b8085\" UNIQUE (\"registrationKey\"))");
    await runner.query("INSERT INTO \"oauth_client\"(\"id\", \"uuid\", \"organization\", \"rowVersion\", \"createdAt\", \"updatedAt\", \"consumerKey\", \"name\", \"secretDigest\", \"secretSealed\", \"grantTypes\", \"callbackUrls\", \"owner\", \"keyType\", \"applicationUuid\", \"accessTokenLifetimeSeconds\", \"refreshTokenLifetimeSeconds\", \"saas\", \"registrationKey\", \"tokenAlgorithm\", \"audiences\", \"customClaims\", \"tokensExpireAt\", \"authMethod\", \"firstParty\", \"postLogoutUris\") SELECT \"id\", \"uuid\", \"organization\", \"rowVersion\", \"createdAt\", \"updatedAt\", \"consumerKey\", \"name\", \"secretDigest\", \"secretSealed\", \"grantTypes\", \"callbackUrls\", \"owner\", \"keyType\", \"applicationUuid\", \"accessTokenLifetimeSeconds\", \"refreshTokenLifetimeSeconds\", \"saas\", \"registrationKey\", \"tokenAlgorithm\", \"audiences\", \"customClaims\", \"tokensExpireAt\", \"authMethod\", \"firstParty\", \"postLogoutUris\" FROM \"temporary_oauth_client\"");
    await runner.query("DROP TABLE \"temporary_oauth_client\"");
    await runner.query("CREATE INDEX \"ix_oauth_client_application\" ON \"oauth_client\" (\"applicationUuid\") ");
    await runner.query("CREATE INDEX \"ix_oauth_client_owner\" ON \"oauth_client\" (\"owner\") ");
    await runner.query("DROP INDEX \"ix_api_scope_name\"");
    await runner.query("ALTER TABLE \"api_scope\" RENAME TO \"temporary_api_scope\"");
    await runner.query("CREATE TABLE \"api_scope\" (\"apiId\" integer NOT NULL, \"name\" varchar(190) NOT NULL, \"organization\" varchar(190) NOT NULL, \"apiName\" varchar(60) NOT NULL, \"roles\" text NOT NULL, PRIMARY KEY (\"apiId\", \"name\"))");
    await runner.query("INSERT INTO \"api_scope\"(\"apiId\", \"name\", \"organization\", \"apiName\", \"roles\") SELECT \"apiId\", \"name\", \"organization\", \"apiName\", \"roles\" FROM \"temporary_api_scope\"");
    await runner.query("DROP TABLE \"temporary_api_scope\"");
    await runner.query("CREATE INDEX \"ix_api_scope_name\" ON \"api_scope\" (\"organization\", \"name\") ");
    await runner.query("DROP INDEX \"ix_one_time_id_expires\"");
    await runner.query("DROP TABLE \"one_time_id\"");
    await runner.query("DROP INDEX \"ix_device_grant_expires\"");
    await runner.query("DROP TABLE \"device_grant\"");
    await runner.query("DROP INDEX \"ix_pushed_request_expires\"");
    await runner.query("DROP TABLE \"pushed_request\"");
  }
}
