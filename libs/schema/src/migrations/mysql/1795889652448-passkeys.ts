import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Passkeys1795889652448 implements MigrationInterface {
  name = 'Passkeys1795889652448';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query("CREATE TABLE `passkey` (`id` int NOT NULL AUTO_INCREMENT, `uuid` varchar(36) NOT NULL, `organization` varchar(190) NOT NULL, `userName` varchar(190) NOT NULL, `name` varchar(100) NOT NULL, `credentialDigest` varchar(64) NOT NULL, `credentialId` longtext NOT NULL, `publicKey` longtext NOT NULL, `counter` bigint NOT NULL DEFAULT '0', `transports` longtext NOT NULL, `createdAt` bigint NOT NULL, `lastUsedAt` bigint NOT NULL DEFAULT '0', INDEX `ix_passkey_user` (`organization`, `userName`), UNIQUE INDEX `IDX_fa14b54e2515690328e3fc5d68` (`uuid`), UNIQUE INDEX `IDX_3d070b3cc8158b9c579d05d667` (`credentialDigest`), PRIMARY KEY (`id`)) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin");
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query("DROP INDEX `IDX_3d070b3cc8158b9c579d05d667` ON `passkey`");
    await runner.query("DROP INDEX `IDX_fa14b54e2515690328e3fc5d68` ON `passkey`");
    await runner.query("DROP INDEX `ix_passkey_user` ON `passkey`");
    await runner.query("DROP TABLE `passkey`");
  }
}
