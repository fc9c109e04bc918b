import amqplib from 'amqplib';
import { Redis } from 'ioredis';
import { createConnection } from 'mysql2/promise';
import { describe, expect, it } from 'vitest';
import { freshMysqlDatabase } from './fresh-database.js';
import { randomPrefix } from './random-prefix.js';
import { amqpUrls, mysqlUrl, redisUrl } from './services.js';

describe('the servers of a test run', () => {
  it('a fresh database compares byte for byte and is gone after drop()', async () => {
    const database = await freshMysqlDatabase();
    const connection = await createConnection(database.url);
    await connection.query('CREATE TABLE word (text VARCHAR(10) UNIQUE)');
    await connection.query("INSERT INTO word VALUES ('a'), ('A')"); // would collide under any other collation
    const [rows] = await connection.query("SELECT text FROM word WHERE text = 'A'");
    expect(rows).toEqual([{ text: 'A' }]);
    await connection.end();
    await database.drop();
    await expect(createConnection(database.url)).rejects.toMatchObject({ code: 'ER_BAD_DB_ERROR' });
  });

  it('Redis keeps what it is told and never evicts', async () => {
    const redis = new Redis(redisUrl());
    const key = randomPrefix();
    await redis.set(key, 'x', 'EX', 10);
    expect(await redis.get(key)).toBe('x');
    expect(await redis.config('GET', 'maxmemory-policy')).toEqual(['maxmemory-policy', 'noeviction']);
    await redis.quit();
  });

  it('there are two RabbitMQ nodes that share nothing', async () => {
    const [first, second] = await Promise.all(
      amqpUrls()
        .slice(0, 2)
        .map((url) => amqplib.connect(url)),
    );
    const queue = randomPrefix();
    await (await first!.createChannel()).assertQueue(queue, { exclusive: true });
    const channel = await second!.createChannel();
    channel.on('error', () => undefined); // the refusal closes the channel; the rejection below carries it
    await expect(channel.checkQueue(queue)).rejects.toThrow('NOT_FOUND');
    await Promise.all([first!.close(), second!.close()]);
  });

  it('the addresses are in the environment of the workers too', () => {
    expect(process.env['TOLLGATE_TEST_MYSQL_URL']).toBe(mysqlUrl());
    expect(process.env['TOLLGATE_TEST_AMQP_URLS']).toBe(amqpUrls().join(','));
  });
});
