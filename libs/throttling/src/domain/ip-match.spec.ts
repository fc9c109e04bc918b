import { describe, expect, it } from 'vitest';
import { compileIpMatcher, parseIp, type IpAddress, type IpCondition } from './ip-match.js';

const ip = (text: string) => parseIp(text) as IpAddress;
const fixed = (fixedIp: string, invert = false): IpCondition => ({ fixedIp, invert });
const range = (startingIp: string, endingIp: string, invert = false): IpCondition => ({ startingIp, endingIp, invert });

describe('compileIpMatcher', () => {
  it.each<[IpCondition, string, boolean]>([
    [fixed('10.0.0.1'), '10.0.0.1', true],
    [fixed('10.0.0.1'), '10.0.0.2', false],
    [fixed('10.0.0.1'), '::ffff:10.0.0.1', true],
    [fixed('10.0.0.1', true), '10.0.0.1', false],
    [fixed('10.0.0.1', true), '::1', true],
    [fixed('10.1.2.3/8'), '10.255.255.255', true],
    [fixed('10.1.2.3/8'), '11.0.0.0', false],
    [fixed('0.0.0.0/0'), '255.255.255.255', true],
    [fixed('2001:db8::/32'), '2001:db8:ffff::1', true],
    [fixed('2001:db8::/32'), '2001:db9::', false],
    [range('10.0.0.5', '10.0.0.7'), '10.0.0.4', false],
    [range('10.0.0.5', '10.0.0.7'), '10.0.0.5', true],
    [range('10.0.0.5', '10.0.0.7'), '10.0.0.7', true],
    [range('10.0.0.5', '10.0.0.7'), '10.0.0.8', false],
    [range('10.0.0.5', '10.0.0.7', true), '10.0.0.6', false],
    [range('fe80::1', 'fe80::ff'), 'fe80::a%eth0', true],
    [range('200.0.0.0', '250.0.0.0'), '201.1.1.1', true],
  ])('%j matches %s: %s', (condition, address, expected) =>
    expect(compileIpMatcher(condition)(ip(address))).toBe(expected),
  );

  it.each<[IpCondition, string]>([
    [fixed('10.0.0.256'), 'fixedIp'],
    [fixed('10.0.0.1/33'), 'fixedIp'],
    [fixed('10.0.0.1/'), 'fixedIp'],
    [fixed('10.0.0.1/8/8'), 'fixedIp'],
    [fixed('fe80::1%eth0'), 'fixedIp'],
    [range('x', '10.0.0.1'), 'startingIp'],
    [range('10.0.0.2', '10.0.0.1'), 'endingIp'],
    [range('10.0.0.2', '::1'), 'endingIp'],
  ])('refuses %j and names %s', (condition, field) =>
    expect(() => compileIpMatcher(condition)).toThrow(expect.objectContaining({ name: 'IpConditionError', field })),
  );
});

describe('parseIp', () => {
  it('reads every way of writing an address', () => {
    expect(ip('::').value).toBe(0n);
    expect(ip('::1').value).toBe(1n);
    expect(ip('1::').value).toBe(1n << 112n);
    expect(ip('1:2:3:4:5:6:7:8')).toEqual(ip('0001:2:3:4:5:6:0.7.0.8'));
    expect(parseIp('1.2.3')).toBeNull();
    expect(parseIp('')).toBeNull();
  });
});
