import OAuth2Server from '@node-oauth/oauth2-server';
import type { TokenModel } from './token-model.js';

/** A grant that the library does not have: our model says for whom and for what, the library's steps do the rest. */
export class ExtendedGrant extends OAuth2Server.AbstractGrantType {
  private readonly tokens: TokenModel;

  constructor(options: OAuth2Server.TokenOptions & { model?: unknown }) {
    super(options);
    this.tokens = options.model as TokenModel;
  }

  async handle(request: OAuth2Server.Request, client: OAuth2Server.Client): Promise<OAuth2Server.Token> {
    const { user, scope } = await this.tokens.getExtendedGrant();
    const granted = (await this.validateScope(user, client, scope ?? this.getScope(request))) || [];
    const token = { accessToken: await this.generateAccessToken(client, user, granted), scope: granted, client, user };
    return this.tokens.saveToken(token, client, user);
  }
}
