import { describe, expect, it } from 'vitest';
import {
  addressKey,
  addressNumbers,
  KeyTemplateError,
  parseKeyTemplate,
  resolveKey,
  type KeyVariable,
} from './index.js';

const values: Readonly<Record<KeyVariable, string>> = {
  resourceKey: '/p/1/1/menu:GET',
  userId: 'bob@carbon.super',
  apiContext: '/p/1',
  apiVersion: '1',
  appTenant: 'carbon.super',
  apiTenant: 'carbon.super',
  appId: '',
  clientIp: '167838211',
};
const keyOf = (template: string) => resolveKey(parseKeyTemplate(template), (variable) => values[variable]);

describe('key templates', () => {
  it.each([
    ['$userId', 'bob@carbon.super'],
    ['$apiContext:$apiVersion', '/p/1:1'],
    ['fixed-$clientIp.x', 'fixed-167838211.x'],
    ['$resourceKey', '/p/1/1/menu:GET'],
    ['$userIdx', 'bob@carbon.superx'],
  ])('%s becomes %s', (template, key) => {
    expect(keyOf(template)).toBe(key);
  });

  it('concern no request for which a variable has no value', () => {
    expect(keyOf('$userId:$appId')).toBeNull();
  });

  it('put values in once: what a value holds is never read as a variable', () => {
    expect(resolveKey(parseKeyTemplate('$userId:$apiContext'), () => '$appId')).toBe('$appId:$appId');
  });

  it.each([
    ['a:$user', 2, 'did you mean $userId?'],
    ['$customProperty.x', 0, 'not supported'],
    ['fixed', 0, 'at least one variable'],
    ['$', 0, 'no variable'],
  ])('%s is refused at %i', (template, offset, message) => {
    let problem: unknown;
    try {
      parseKeyTemplate(template);
    } catch (error) {
      problem = error;
    }
    expect(problem).toBeInstanceOf(KeyTemplateError);
    expect(problem).toMatchObject({ offset, message: expect.stringContaining(message) });
  });
});

describe('an address as a number', () => {
  it.each([
    ['10.1.2.3', { ip: 167_838_211, ipv6: '0' }],
    ['255.255.255.255', { ip: 4_294_967_295, ipv6: '0' }],
    ['2001:db8::1', { ip: 0, ipv6: '42540766411282592856903984951653826561' }],
    ['::1', { ip: 0, ipv6: '1' }],
    ['::', { ip: 0, ipv6: '0' }],
    ['::10.0.0.1', { ip: 0, ipv6: '167772161' }],
    ['1:2:3:4:5:6:7:8', { ip: 0, ipv6: '5192455318486707404433266433261576' }],
    ['unknown', { ip: 0, ipv6: '0' }],
  ])('%s', (address, numbers) => {
    expect(addressNumbers(address)).toEqual(numbers);
    expect(addressKey(address)).toBe(numbers.ip === 0 ? numbers.ipv6 : String(numbers.ip));
  });
});
