import type { NewSecret, SecretView } from '@tollgate/oauth/server';
import type { NewSecretBody, SecretAnswer } from '../schemas/key.js';

export function newSecret({ additionalProperties: { description, expiresIn } }: NewSecretBody): NewSecret {
  return { description, expiresInSeconds: expiresIn == null || expiresIn < 0 ? null : expiresIn };
}

/** @param secret whole, at the one time that it is shown */
export function secretAnswer(view: SecretView, secret?: string): SecretAnswer {
  const { id, ending, description, createdAtMs, expiresAtMs } = view;
  return {
    secretId: id,
    secretValue: secret ?? `********${ending}`,
    additionalProperties: {
      description,
      createdAt: Math.floor(createdAtMs / 1000),
      ...(expiresAtMs === null ? {} : { expiresAt: Math.floor(expiresAtMs / 1000) }),
    },
  };
}
