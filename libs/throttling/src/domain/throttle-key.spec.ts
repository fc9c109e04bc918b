import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  apiKey,
  applicationKey,
  burstKey,
  conditionKey,
  hardLimitKey,
  resetKey,
  resourceKey,
  subscriptionKey,
  userLevelKey,
} from './throttle-key.js';

describe('throttle keys of ordinary names', () => {
  it('are the ones that the field knows', () => {
    const context = '/pizzashack/1.0.0';
    expect(applicationKey(1, 'admin@carbon.super')).toBe('1:admin@carbon.super');
    expect(subscriptionKey(1, context, '1.0.0', 'Gold')).toBe('1:/pizzashack/1.0.0:1.0.0:Gold');
    expect(apiKey(context, '1.0.0')).toBe('/pizzashack/1.0.0:1.0.0');
    expect(resourceKey(context, '1.0.0', '/menu', 'GET')).toBe('/pizzashack/1.0.0/1.0.0/menu:GET');
    expect(resourceKey('/t/abc.com/pizza/v1', 'v1', '/order/{id}', 'PUT')).toBe(
      '/t/abc.com/pizza/v1/v1/order/{id}:PUT',
    );
    expect(resourceKey('/api/2.0/pizza', '2.0', '/*', 'POST')).toBe('/api/2.0/pizza/2.0/*:POST');
    expect(hardLimitKey(context, '1.0.0', 'PRODUCTION')).toBe('/pizzashack/1.0.0:1.0.0:PRODUCTION');
    expect(userLevelKey(apiKey(context, '1.0.0'), 'bob@carbon.super')).toBe('/pizzashack/1.0.0:1.0.0_bob@carbon.super');
    expect(conditionKey(apiKey(context, '1.0.0'), 2)).toBe('/pizzashack/1.0.0:1.0.0_condition_2');
    expect(conditionKey(apiKey(context, '1.0.0'), 'default')).toBe('/pizzashack/1.0.0:1.0.0_default');
    expect(resetKey(applicationKey(1, 'admin@carbon.super'), 1)).toBe('1:admin@carbon.super%reset1');
  });
});

describe('R-62 throttle keys of hostile names', () => {
  it('keep apart what a plain join would mix up', () => {
    expect(applicationKey('1:x', 'y@t')).not.toBe(applicationKey('1', 'x:y@t'));
    expect(applicationKey(1, 'a:b@t')).toBe('1:a%3Ab@t');
    expect(resourceKey('/a/1', '1', '/1/x', 'GET')).not.toBe(resourceKey('/a/1/1', '1', '/x', 'GET'));
    expect(apiKey('/a/1/1/x', 'GET')).not.toBe(resourceKey('/a/1', '1', '/x', 'GET'));
    expect(apiKey('/a', '1_bob@t')).not.toBe(userLevelKey(apiKey('/a', '1'), 'bob@t'));
    expect(apiKey('/a', '1_condition_0')).not.toBe(conditionKey(apiKey('/a', '1'), 0));
    expect(apiKey('/a', '1_default')).not.toBe(conditionKey(apiKey('/a', '1'), 'default'));
    const ofUser = userLevelKey(apiKey('/a', '1'), 'bob@t');
    expect(userLevelKey(apiKey('/a', '1'), 'bob@t_condition_0')).not.toBe(conditionKey(ofUser, 0));
    expect(userLevelKey(apiKey('/a', '1_0'), 'bob@t')).not.toBe(userLevelKey(apiKey('/a', '1'), '0_bob@t'));
  });

  it('differ whenever the level or any part differs', () => {
    // Few letters and short texts, so that accidental joins are frequent.
    const letters = fc.constantFrom('/', ':', '_', '@', '%', '1', 'G', 'a', '+', '_default', '_condition_0', '%reset1');
    const text = fc.string({ unit: letters, maxLength: 5 });
    const group = fc.constantFrom('0', 'default');
    const tuple = fc.oneof(
      fc.tuple(fc.constant('application'), text, text),
      fc.tuple(fc.constant('subscription'), text, text, text, text),
      fc.tuple(fc.constant('api'), text, text),
      fc.tuple(fc.constant('resource'), text, text, text, fc.oneof(text, fc.constantFrom('GET', 'G'))),
      fc.tuple(fc.constant('hard'), text, text, text),
      fc.tuple(fc.constant('user-api'), text, text, text),
      fc.tuple(fc.constant('user-resource'), text, text, text, fc.oneof(text, fc.constantFrom('GET', 'G')), text),
      fc.tuple(fc.constant('burst'), text, text, text, text),
      fc.tuple(fc.constant('group-api'), text, text, group),
      fc.tuple(fc.constant('group-resource'), text, text, text, fc.oneof(text, fc.constantFrom('GET', 'G')), group),
      fc.tuple(fc.constant('group-user-api'), text, text, text, group),
      fc.tuple(fc.constant('reset'), text, text, fc.constantFrom('1', '2')),
    );
    fc.assert(
      fc.property(fc.array(tuple, { minLength: 100, maxLength: 400 }), (tuples) => {
        const seen = new Map<string, string>();
        for (const each of tuples) {
          const identity = JSON.stringify(each);
          const key = keyOf(each as string[]);
          expect(seen.get(key) ?? identity, `key ${key}`).toBe(identity);
          seen.set(key, identity);
        }
      }),
      { numRuns: 300 },
    );
  });
});

function keyOf([level, a = '', b = '', c = '', d = '', e = '']: string[]): string {
  switch (level) {
    case 'application':
      return applicationKey(a, b);
    case 'subscription':
      return subscriptionKey(a, b, c, d);
    case 'api':
      return apiKey(a, b);
    case 'resource':
      return resourceKey(a, b, c, d);
    case 'hard':
      return hardLimitKey(a, b, c);
    case 'user-api':
      return userLevelKey(apiKey(a, b), c);
    case 'user-resource':
      return userLevelKey(resourceKey(a, b, c, d), e);
    case 'group-api':
      return conditionKey(apiKey(a, b), groupOf(c));
    case 'group-resource':
      return conditionKey(resourceKey(a, b, c, d), groupOf(e));
    case 'group-user-api':
      return conditionKey(userLevelKey(apiKey(a, b), c), groupOf(d));
    case 'reset':
      return resetKey(applicationKey(a, b), Number(c));
    default:
      return burstKey(subscriptionKey(a, b, c, d));
  }
}

function groupOf(text: string): number | 'default' {
  return text === 'default' ? text : Number(text);
}
