import { Module, type DynamicModule } from '@nestjs/common';
import { OAuthModule } from '@tollgate/oauth/server';
import { pagesController } from './pages.controller.js';
import { portalOptions, type PortalOptions } from './portal-options.js';
import { SessionHook } from './session-hook.js';
import { SessionTokens } from './session-tokens.js';
import { signInController } from './sign-in.controller.js';
import { SignInFlow } from './sign-in-flow.js';
import { TokenClient } from './token-client.js';

/** The pages of a portal and the sessions of the people who use them, in the process of its role. */
@Module({})
export class PortalModule {
  static for(options: PortalOptions): DynamicModule {
    return {
      module: PortalModule,
      imports: [OAuthModule],
      // Sign-in first: the pages take every other path.
      controllers: [signInController(options.name), pagesController(options.name)],
      providers: [{ provide: portalOptions, useValue: options }, SessionHook, SessionTokens, SignInFlow, TokenClient],
    };
  }
}
