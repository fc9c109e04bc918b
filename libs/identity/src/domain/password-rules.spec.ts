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
    ['one character too short', 'fourteen chars', 'at least 15'],
    ['longer than 256', 'word '.repeat(52), 'at most 256'],
    ['a common one', 'PassWord', 'at least 15'],
    ['a common one that repeats', 'iloveyouiloveyou', 'most used'],
    ['few characters that repeat', 'abcdabcdabcdabcd', 'repeat'],
    ['one character', 'aaaaaaaaaaaaaaaa', 'repeat'],
    ['a row of digits', '1234567890123456', 'row'],
    ['a row backwards', 'zyxwvutsrqponmlk', 'row'],
    ['the name of its owner', 'ANN-of-the-north', 'name'],
    ['the address of its owner', 'ann.northern.lights@mail.example', 'name'],
    ['the first part of that address', 'ann.northern.lights', 'name'],
  ])('is not %s', (_, password, reason) => {
    expect(passwordProblem(password, ann, rules)).toContain(reason);
  });

  it('is counted in characters, not in units of an encoding', () => {
    expect(passwordProblem('🦊🐻🐼🐨🐯🦁🐮', ann, { ...rules, minLength: 8 })).toContain('at least 8');
    // Seven letters with a combining accent each are seven, however they are sent.
    expect(passwordProblem('é'.normalize('NFD').repeat(7), ann, { ...rules, minLength: 8 })).toContain('at least 8');
  });

  it('has at least 8 characters, whatever is configured', () => {
    expect(passwordProblem('qz8-r7w', ann, { ...rules, minLength: 1 })).toContain('at least 8');
  });
});
