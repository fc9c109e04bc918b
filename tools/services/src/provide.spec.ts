import { describe, expect, it } from 'vitest';
import { locateInstalled, missingOf } from './locate.js';
import { givenUrls, howToInstall, provideServices } from './provide.js';

describe('provideServices', () => {
  it('uses the addresses of the environment and starts nothing', async () => {
    const env = {
      TOLLGATE_TEST_MYSQL_URL: 'mysql://m',
      TOLLGATE_TEST_REDIS_URL: 'redis://r',
      TOLLGATE_TEST_AMQP_URLS: 'amqp://a, amqp://b',
    };
    const provided = await provideServices({ env });
    expect(provided).toMatchObject({
      mysqlUrl: 'mysql://m',
      redisUrl: 'redis://r',
      amqpUrls: ['amqp://a', 'amqp://b'],
    });
    await provided.stop();
  });

  it('takes an empty variable as not given', () => {
    expect(givenUrls({ TOLLGATE_TEST_REDIS_URL: ' ' }).redis).toEqual([]);
  });

  it('names packages, variables and docker where nothing works', () => {
    const text = howToInstall(['mysql', 'amqp']);
    expect(text).toContain('apt-get install --no-install-recommends mariadb-server rabbitmq-server');
    expect(text).toContain('TOLLGATE_TEST_MYSQL_URL, TOLLGATE_TEST_AMQP_URLS');
    expect(text).toContain('docker');
  });
});

it('missingOf names only what is wanted and absent', () => {
  const installed = { ...locateInstalled(), redis: null, amqp: null };
  expect(missingOf(installed, ['redis'])).toEqual(['redis']);
});
