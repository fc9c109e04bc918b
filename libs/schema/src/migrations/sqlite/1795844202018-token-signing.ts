import type { MigrationInterface, QueryRunner } from 'typeorm';

export class TokenSigning1795844202018 implements MigrationInterface {
  name = 'TokenSigning1795844202018';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query("CREATE TABLE \"temporary_signing_key\" (\"id\" integer PRIMARY KEY AUTOINCREMENT NOT NULL, \"kid\" varchar(100) NOT NULL, \"algorithm\" varchar(16) NOT NULL, \"privateKeySealed\" text NOT NULL, \"publicJwk\" text NOT NULL, \"createdAt\" bigint NOT NULL, CONSTRAINT \"UQ_00d7e305393ab903d6eb06c11f9\" UNIQUE (\"kid\"))");
    await runner.query("INSERT INTO \"temporary_signing_key\"(\"id\", \"kid\", \"algorithm\", \"privateKeySealed\", \"publicJwk\", \"createdAt\") SELECT \"id\", \"kid\", \"algorithm\", \"privateKeySealed\", \"publicJwk\", \"createdAt\" FROM \"signing_key\"");
    await runner.query("DROP TABLE \"signing_key\"");
    await runner.query("ALTER TABLE \"temporary_signing_key\" RENAME TO \"signing_key\"");
    await runner.query("DROP INDEX \"ix_oauth_client_application\"");
    await runner.query("DROP INDEX \"ix_oauth_client_owner\"");
    await runner.query("CREATE TABLE \"temporary_oauth_client\" (\"id\" integer PRIMARY KEY AUTOINCREMENT NOT NULL, \"uuid\" varchar(36) NOT NULL, \"organization\" varchar(190) NOT NULL, \"rowVersion\" integer NOT NULL DEFAULT (1), \"createdAt\" bigint NOT NULL, \"updatedAt\" bigint NOT NULL, \"consumerKey\" varchar(190) NOT NULL, \"name\" varchar(255) NOT NULL, \"secretDigest\" varchar(64) NOT NULL, \"secretSealed\" text, \"grantTypes\" text NOT NULL, \"callbackUrls\" text NOT NULL, \"owner\" varchar(190) NOT NULL, \"keyType\" varchar(16), \"applicationUuid\" varchar(36), \"accessTokenLifetimeSeconds\" integer NOT NULL, \"refreshTokenLifetimeSeconds\" integer NOT NULL, \"saas\" boolean NOT NULL, \"registrationKey\" varchar(64), \"tokenAlgorithm\" varchar(16), \"audiences\" text, \"customClaims\" text, \"tokensExpireAt\" bigint NOT NULL DEFAULT (0), CONSTRAINT \"UQ_6896bfac1cf684ce6b3bc8b8085\" UNIQUE (\"registrationKey\"), CONSTRAINT \"UQ_72b403e3a3aa05e25d5ca348de8\" UNIQUE (\"consumerKey\"), CONSTRAINT \"UQ_c2720b2bf3513154d4613f7d0fd\" UNIQUE (\"uuid\"))");
    await runner.query("INSERT INTO \"temporary_oauth_client\"(\"id\", \"uuid\", \"organization\", \"rowVersion\", \"createdAt\", \"updatedAt\", \"consumerKey\", \"name\", \"secretDigest\", \"secretSealed\", \"grantTypes\", \"callbackUrls\", \"owner\", \"keyType\", \"applicationUuid\", \"accessTokenLifetimeSeconds\", \"refreshTokenLifetimeSeconds\", \"saas\", \"registrationKey\") SELECT \"id\", \"uuid\", \"organization\", \"rowVersion\", \"createdAt\", \"updatedAt\", \"consumerKey\", \"name\", \"secretDigest\", \"secretSealed\", \"grantTypes\", \"callbackUrls\", \"owner\", \"keyType\", \"applicationUuid\", \"accessTokenLifetimeSeconds\", \"refreshTokenLifetimeSeconds\", \"saas\", \"registrationKey\" FROM \"oauth_client\"");
    await runner.query("DROP TABLE \"oauth_client\"");
    await runner.query("ALTER TABLE \"temporary_oauth_client\" RENAME TO \"oauth_client\"");
    await runner.query("CREATE INDEX \"ix_oauth_client_application\" ON \"oauth_client\" (\"applicationUuid\") ");
    await runner.query("CREATE INDEX \"ix_oauth_client_owner\" ON \"oauth_client\" (\"owner\") ");
    await runner.query("CREATE TABLE \"temporary_signing_key\" (\"id\" integer PRIMARY KEY AUTOINCREMENT NOT NULL, \"kid\" varchar(100) NOT NULL, \"algorithm\" varchar(16) NOT NULL, \"privateKeySealed\" text NOT NULL, \"publicJwk\" text NOT NULL, \"createdAt\" bigint NOT NULL, \"signsFrom\" bigint NOT NULL DEFAULT (0), \"lastExpiresAt\" bigint NOT NULL DEFAULT (0), CONSTRAINT \"UQ_00d7e305393ab903d6eb06c11f9\" UNIQUE (\"kid\"))");
    await runner.query("INSERT INTO \"temporary_signing_key\"(\"id\", \"kid\", \"algorithm\", \"privateKeySealed\", \"publicJwk\", \"createdAt\") SELECT \"id\", \"kid\", \"algorithm\", \"privateKeySealed\", \"publicJwk\", \"createdAt\" FROM \"signing_key\"");
    await runner.query("DROP TABLE \"signing_key\"");
    await runner.query("ALTER TABLE \"temporary_signing_key\" RENAME TO \"signing_key\"");
    // Keys so far signed tokens and API keys whose expiry is not on record: they verify until somebody withdraws them.
    await runner.query("UPDATE \"signing_key\" SET \"signsFrom\" = \"createdAt\", \"lastExpiresAt\" = 4102444800000");
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query("ALTER TABLE \"signing_key\" RENAME TO \"temporary_signing_key\"");
    await runner.query("CREATE TABLE \"signing_key\" (\"id\" integer PRIMARY KEY AUTOINCREMENT NOT NULL, \"kid\" varchar(100) NOT NULL, \"algorithm\" varchar(16) NOT NULL, \"privateKeySealed\" text NOT NULL, \"publicJwk\" text NOT NULL, \"createdAt\" bigint NOT NULL, CONSTRAINT \"UQ_00d7e305393ab903d6eb06c11f9\" UNIQUE (\"kid\"))");
    await runner.query("INSERT INTO \"signing_key\"(\"id\", \"kid\", \"algorithm\", \"privateKeySealed\", \"publicJwk\", \"createdAt\") SELECT \"id\", \"kid\", \"algorithm\", \"privateKeySealed\", \"publicJwk\", \"createdAt\" FROM \"temporary_signing_key\"");
    await runner.query("DROP TABLE \"temporary_signing_key\"");
    await runner.query("DROP INDEX \"ix_oauth_client_owner\"");
    await runner.query("DROP INDEX \"ix_oauth_client_application\"");
    await runner.query("ALTER TABLE \"oauth_client\" RENAME TO \"temporary_oauth_client\"");
    await runner.query("CREATE TABLE \"oauth_client\" (\"id\" integer PRIMARY KEY AUTOINCREMENT NOT NULL, \"uuid\" varchar(36) NOT NULL, \"organization\" varchar(190) NOT NULL, \"rowVersion\" integer NOT NULL DEFAULT (1), \"createdAt\" bigint NOT NULL, \"updatedAt\" bigint NOT NULL, \"consumerKey\" varchar(190) NOT NULL, \"name\" varchar(255) NOT NULL, \"secretDigest\" varchar(64) NOT NULL, \"secretSealed\" text, \"grantTypes\" text NOT NULL, \"callbackUrls\" text NOT NULL, \"owner\" varchar(190) NOT NULL, \"keyType\" varchar(16), \"applicationUuid\" varchar(36), \"accessTokenLifetimeSeconds\" integer NOT NULL, \"refreshTokenLifetimeSeconds\" integer NOT NULL, \"saas\" boolean NOT NULL, \"registrationKey\" varchar(64), CONSTRAINT \"UQ_6896bfac1cf684ce6b3bc8b8085\" UNIQUE (\"registrationKey\"), CONSTRAINT \"UQ_72b403e3a3aa05e25d5ca348de8\" UNIQUE (\"consumerKey\"), CONSTRAINT \"UQ_c2720b2bf3513154d4613f7d0fd\" UNIQUE (\"uuid\"))");
    await runner.query("INSERT INTO \"oauth_client\"(\"id\", \"uuid\", \"organization\", \"rowVersion\", \"createdAt\", \"updatedAt\", \"consumerKey\", \"name\", \"secretDigest\", \"secretSealed\", \"grantTypes\", \"callbackUrls\", \"owner\", \"keyType\", \"applicationUuid\", \"accessTokenLifetimeSeconds\", \"refreshTokenLifetimeSeconds\", \"saas\", \"registrationKey\") SELECT \"id\", \"uuid\", \"organization\", \"rowVersion\", \"createdAt\", \"updatedAt\", \"consumerKey\", \"name\", \"secretDigest\", \"secretSealed\", \"grantTypes\", \"callbackUrls\", \"owner\", \"keyType\", \"applicationUuid\", \"accessTokenLifetimeSeconds\", \"refreshTokenLifetimeSeconds\", \"saas\", \"registrationKey\" FROM \"temporary_oauth_client\"");
    await runner.query("DROP TABLE \"temporary_oauth_client\"");
    await runner.query("CREATE INDEX \"ix_oauth_client_owner\" ON \"oauth_client\" (\"owner\") ");
    await runner.query("CREATE INDEX \"ix_oauth_client_application\" ON \"oauth_client\" (\"applicationUuid\") ");
    await runner.query("ALTER TABLE \"signing_key\" RENAME TO \"temporary_signing_key\"");
    await runner.query("CREATE TABLE \"signing_key\" (\"id\" integer PRIMARY KEY AUTOINCREMENT NOT NULL, \"kid\" varchar(100) NOT NULL, \"algorithm\" varchar(16) NOT NULL, \"privateKeySealed\" text NOT NULL, \"publicJwk\" text NOT NULL, \"active\" boolean NOT NULL DEFAULT (1), \"createdAt\" bigint NOT NULL, CONSTRAINT \"UQ_00d7e305393ab903d6eb06c11f9\" UNIQUE (\"kid\"))");
    await runner.query("INSERT INTO \"signing_key\"(\"id\", \"kid\", \"algorithm\", \"privateKeySealed\", \"publicJwk\", \"createdAt\") SELECT \"id\", \"kid\", \"algorithm\", \"privateKeySealed\", \"publicJwk\", \"createdAt\" FROM \"temporary_signing_key\"");
    await runner.query("DROP TABLE \"temporary_signing_key\"");
  }
}
