import { expect, it } from 'vitest';
import { languageOf } from './languages';

it.each([
  ['en', 'en'],
  ['en-GB', 'en'],
  ['zh', 'zh-Hans'],
  ['zh-CN', 'zh-Hans'],
  ['zh-TW', 'zh-Hant'],
  ['zh-Hant-HK', 'zh-Hant'],
  ['zh-Hans-HK', 'zh-Hans'],
  ['fr', null],
  ['zhx', null],
])('%s is read as %s', (tag, language) => {
  expect(languageOf(tag)).toBe(language);
});
