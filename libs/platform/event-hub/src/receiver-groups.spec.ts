import { StartupError } from '@tollgate/base';
import { describe, expect, it } from 'vitest';
import { parseBrokerUrl } from './broker-url.js';
import { parseReceiverGroups, receiverGroupsOf } from './receiver-groups.js';

const [a, b, c, d] = ['tcp://a:9611', 'tcp://b:9611', 'ssl://c:5671', 'tcp://[::1]:5672'] as const;
const balanced = (...urls: string[]): object => ({ mode: 'loadbalance', urls });
const failing = (...urls: string[]): object => ({ mode: 'failover', urls });

describe('receiver URL strings', () => {
  it.each([
    [`{${a},${b}}`, [balanced(a, b)]],
    [`{${a}|${b}}`, [failing(a, b)]],
    [` { ${a} , ${b} } , { ${c} | ${d} } `, [balanced(a, b), failing(c, d)]],
    [`{${a}},{${b}},{${c}}`, [balanced(a), balanced(b), balanced(c)]],
    [`${a},${b}`, [balanced(a, b)]],
    [`${a}|${b}`, [failing(a, b)]],
    [`{${a}} whatever stands between {${b}}`, [balanced(a), balanced(b)]],
    ['', []],
  ])('reads %s', (text, groups) => expect(parseReceiverGroups(text)).toEqual(groups));

  it.each([
    [`{${a},${b}|${c}}`, /mixes "," and "\|"/],
    ['{tcp://a}', /write tcp:\/\/host:port/],
    ['{http://a:1}', /write tcp:\/\/host:port/],
    ['{tcp://a:1:2}', /write tcp:\/\/host:port/],
    [`{${a},}`, /is no receiver/],
    ['{}', /is no receiver/],
    [`{${a},${a}}`, /names an endpoint twice/],
    [`{${a}`, /unbalanced braces/],
    [`{{${a}}}`, /unbalanced braces/],
  ])('refuses %s with the cure', (text, reason) => {
    expect(() => parseReceiverGroups(text)).toThrow(StartupError);
    expect(() => parseReceiverGroups(text)).toThrow(reason);
  });

  it('V-58 never repeats credentials in a problem', () => {
    expect(() => parseReceiverGroups('{tcp://me:hidden@a:1,tcp://me:hidden@b:1|x}')).toThrow(/\*\*\*@a/);
    expect(() => parseReceiverGroups('{tcp://me:hidden@a:1,tcp://me:hidden@b:1|x}')).not.toThrow(/hidden/);
    expect(() => parseBrokerUrl('http://me:hidden@a:1', { username: '', password: '' })).not.toThrow(/hidden/);
  });

  it('wants as many auth URLs per group as URLs', () => {
    expect(parseReceiverGroups(`{${a},${b}},{${c}}`, '{ssl://a:1,ssl://b:1},{ssl://c:1}')).toHaveLength(2);
    expect(() => parseReceiverGroups(`{${a},${b}}`, '{ssl://a:1}')).toThrow(/groups of 1 .* groups of 2/);
    expect(() => parseReceiverGroups(`{${a},${b}}`, '{ssl://a:1},{ssl://b:1}')).toThrow(/groups of 1, 1/);
  });

  it('reads toml groups and names every problem at once', () => {
    expect(receiverGroupsOf([{ urls: [a, b], type: 'failover' }, { urls: [` ${c} `] }], 'k')).toEqual([
      failing(a, b),
      balanced(c),
    ]);
    try {
      receiverGroupsOf([{ urls: [a], authUrls: [a, b], type: 'random' }, { urls: [] }], 'k');
      expect.unreachable();
    } catch (error) {
      expect((error as StartupError).problems).toEqual([
        'k[0] names 1 URLs and 2 auth URLs: give each URL one, or none at all.',
        'k[0].type is "random": write "loadbalance" or "failover".',
        'k: group 2 is empty: name at least one URL.',
      ]);
    }
  });

  it('maps the schemes to AMQP and takes credentials from the URL first', () => {
    const given = { username: 'hub', password: 'p' };
    expect(parseBrokerUrl('tcp://h:5672', given)).toMatchObject({
      protocol: 'amqp',
      port: 5672,
      username: 'hub',
      vhost: '/',
      address: 'amqp://h:5672',
    });
    expect(parseBrokerUrl(' ssl://u:p%40w@h:80/v%2F1 ', given)).toMatchObject({
      protocol: 'amqps',
      port: 80,
      username: 'u',
      password: 'p@w',
      vhost: 'v/1',
    });
    expect(() => parseBrokerUrl('tcp://h', given)).toThrow(StartupError);
  });
});
