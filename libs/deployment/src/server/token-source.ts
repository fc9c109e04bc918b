import { ApimError } from '@tollgate/base';

/** Gives the JWT of an opaque access token that counts now, else null. */
export type RevealToken = (token: string) => Promise<string | null>;

/** Where gateways learn what an opaque access token stands for: the key manager's part of this process registers it. */
export class TokenSource {
  private reveal: RevealToken | null = null;

  register(reveal: RevealToken): void {
    this.reveal = reveal;
  }

  /**
   * In the order of `tokens`.
   * @throws ApimError 503 in a process that does not know tokens
   */
  revealAll(tokens: readonly string[]): Promise<(string | null)[]> {
    const { reveal } = this;
    if (!reveal)
      throw new ApimError({
        code: 'TOKENS_UNKNOWN',
        status: 503,
        message: 'This process does not know access tokens.',
        action: "Ask a control plane that runs the key manager's part.",
      });
    return Promise.all(tokens.map(reveal));
  }
}
