import { Container, MantineProvider } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import { StrictMode, type ReactNode } from 'react';
import { createRoot } from 'react-dom/client';
import { createBrowserRouter, useRouteError, type RouteObject } from 'react-router';
import { RouterProvider } from 'react-router/dom';
import { ErrorPanel, Waiting } from './data/states';
import { showProblem, Toasts } from './parts/toasts';
import i18next from 'i18next';
import { startTranslation, type TextLoaders } from './i18n/i18n';
import { makeQueryClient } from './rest/query-client';
import { RestError } from './rest/rest-error';
import { Rest } from './rest/rest';
import { SessionGate } from './session/session';
import { PortalShell, type NavEntry } from './shell/portal-shell';
import { cssVariables, theme } from './theme/theme';

export interface Portal {
  readonly name: 'publisher' | 'devportal' | 'admin';
  readonly texts: TextLoaders;
  readonly nav: readonly NavEntry[];
  readonly routes: RouteObject[];
  /** Whether people who are not signed in may look around. */
  readonly visitors: boolean;
}

/** Starts a portal in the page's `#root`. */
export async function startPortal({ name, texts, nav, routes, visitors }: Portal): Promise<void> {
  await startTranslation(texts);
  const base = `/${name}`;
  const services = new Rest(name, `${base}/services`);
  const queries = makeQueryClient(showFailure);
  const router = createBrowserRouter(
    [
      {
        element: <PortalShell title={`portal.${name}`} nav={nav} />,
        errorElement: (
          <Frame>
            <RouteFailure />
          </Frame>
        ),
        HydrateFallback: Waiting,
        children: [{ errorElement: <RouteFailure />, children: [...routes, { path: '*', element: <NotFound /> }] }],
      },
    ],
    { basename: base },
  );
  createRoot(document.getElementById('root') as HTMLElement).render(
    <StrictMode>
      <MantineProvider
        theme={theme}
        cssVariablesResolver={cssVariables}
        defaultColorScheme="auto"
        getStyleNonce={nonce}
      >
        <Toasts />
        <QueryClientProvider client={queries}>
          <SessionGate
            rest={services}
            base={base}
            visitors={visitors}
            waiting={
              <Frame>
                <Waiting />
              </Frame>
            }
            failed={(error, retry) => (
              <Frame>
                <ErrorPanel error={error} onRetry={retry} />
              </Frame>
            )}
          >
            <RouterProvider router={router} />
          </SessionGate>
        </QueryClientProvider>
      </MantineProvider>
    </StrictMode>,
  );
}

/** The nonce of this answer's Content-Security-Policy, for the style elements that Mantine makes. */
function nonce(): string {
  return document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? '';
}

function Frame({ children }: { readonly children: ReactNode }): ReactNode {
  return (
    <Container component="main" size="sm" py={48}>
      {children}
    </Container>
  );
}

function RouteFailure(): ReactNode {
  return <ErrorPanel error={useRouteError()} onRetry={() => window.location.reload()} />;
}

function NotFound(): ReactNode {
  return <ErrorPanel error={new RestError(404, '', '', [], '')} />;
}

/** A change that failed and that no form shows: stays until it is closed. */
function showFailure(error: unknown): void {
  const isSilent = error instanceof RestError && error.status === 0;
  showProblem(isSilent ? i18next.t('error.noAnswer') : (error as Error).message);
}
