import { describe, expect, it } from 'vitest';
import { redirectUriProblem } from './redirect-uri.js';

describe('a callback URL', () => {
  it.each([
    'https://a.example/cb?x=1',
    'http://localhost:8080/cb',
    'www.example.com',
    'localhost:8080',
    'com.example.app:/cb',
  ])('may be %s', (uri) => expect(redirectUriProblem(uri)).toBeNull());

  it.each([
    'javascript:alert(1)',
    'JavaScript:alert(1)',
    'data:text/html,x',
    'vbscript:x',
    'file:///etc/passwd',
    'https://a.example/#fragment',
    'https://*.example/cb',
    'https://user:secret@a.example/',
    '//a.example/cb',
    '/cb',
    'https://a.example/ b',
    'https://a.example\\@b.example',
    'https://',
  ])('is refused: %s', (uri) => expect(redirectUriProblem(uri)).toEqual(expect.any(String)));
});
