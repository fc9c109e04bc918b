import { describe, expect, it } from 'vitest';
import { passwordProblem, type PasswordRules } from './password-rules.js';

const rules: PasswordRules = { minLength: 15, isCommon: (text) => ['password', 'iloveyou'].includes(text) };
const ann = { userName: 'ann-of-the-north', email: 'ann.northern.lights@mail.example' };

describe('R-69 a password', () => {
  it.each([
    ['letters alone', 'correct horse battery staple'],
    ['digits alone', '8302174659120385'],
    ['spaces in front and behind', '  three quiet words  '],
    ['any script', 'Жёлтый подводный лось'],
    ['pictures', '🦊🐻🐼🐨🐯🦁🐮🐷🐸🐵🐔🐧🐦🐤🦆'],
    ['256 characters', 'long '.repeat(51) + 'x'],
    ['a control character', 'one\ttwo\tthree\tfour'],
  ])('may be %s', (_, password) => {
    expect(passwordProblem(password, ann, rules)).toBeNull();
  });

  it.each([
    ['one character too short', 'fourteen chars', 'short', 'at least 15'],
    ['longer than 256', 'word '.repeat(52), 'long', 'at most 256'],
    ['a common one', 'PassWord', 'short', 'at least 15'],
    ['a common one that repeats', 'iloveyouiloveyou', 'common', 'most used'],
    ['few characters that repeat', 'abcdabcdabcdabcd', 'repeats', 'repeat'],
    ['one character', 'aaaaaaaaaaaaaaaa', 'repeats', 'repeat'],
    ['a row of digits', '1234567890123456', 'row', 'row'],
    ['a row backwards', 'zyxwvutsrqponmlk', 'row', 'row'],
    ['the name of its owner', 'ANN-of-the-north', 'name', 'name'],
    ['the address of its owner', 'ann.northern.lights@mail.example', 'name', 'name'],
    ['the first part of that address', 'ann.northern.lights', 'name', 'name'],
  ])('is not %s', (_, password, kind, words) => {
    expect(passwordProblem(password, ann, rules)).toMatchObject({
      reason: kind,
      message: expect.stringContaining(words),
    });
  });

  it('is counted in characters, not in units of an encoding', () => {
    expect(passwordProblem('🦊🐻🐼🐨🐯🦁🐮', ann, { ...rules, minLength: 8 })).toMatchObject({
      reason: 'short',
      limit: 8,
    });
    // Seven letters with a combining accent each are seven, however they are sent.
    expect(passwordProblem('é'.normalize('NFD').repeat(7), ann, { ...rules, minLength: 8 })).toMatchObject({
      reason: 'short',
      limit: 8,
    });
  });

  it('has at least 8 characters, whatever is configured', () => {
    expect(passwordProblem('qz8-r7w', ann, { ...rules, minLength: 1 })).toMatchObject({ reason: 'short', limit: 8 });
  });
});
