import { useQuery } from '@tanstack/react-query';
import { createContext, useContext, type ReactNode } from 'react';
import { RestError } from '../rest/rest-error';
import type { Rest } from '../rest/rest';

/** Who is signed in at this portal, as its server side says. */
export interface Session {
  /** `admin`, or `user@tenant` of another organization. */
  readonly user: string;
  readonly organization: string;
  readonly scopes: readonly string[];
}

export interface SessionAccess {
  /** `null`: a visitor. */
  readonly session: Session | null;
  /** Whether one of the scopes was granted. */
  readonly can: (...scopes: readonly string[]) => boolean;
  /** Leaves for the sign-in page and comes back to the present one. */
  readonly signIn: () => void;
  /** Ends this session here and at the key manager. */
  readonly signOut: () => void;
}

const Context = createContext<SessionAccess | null>(null);

export interface SessionGateProps {
  readonly rest: Rest;
  /** `/publisher`, `/devportal` or `/admin`. */
  readonly base: string;
  /** Visitors are welcome; otherwise everybody is sent to sign in first. */
  readonly visitors: boolean;
  /** Shown until the server has said who this is. */
  readonly waiting: ReactNode;
  readonly failed: (error: unknown, retry: () => void) => ReactNode;
  readonly children: ReactNode;
}

/** Asks the portal's server side who is signed in, and gives it to everything below. */
export function SessionGate({ rest, base, visitors, waiting, failed, children }: SessionGateProps): ReactNode {
  const { data, error, refetch } = useQuery({
    queryKey: ['session'],
    queryFn: () => rest.get<Session>('/session').catch(visitorOr),
    staleTime: 60_000,
    refetchOnWindowFocus: 'always',
  });
  if (error) return failed(error, () => void refetch());
  if (data === undefined) return waiting;
  if (data === null && !visitors) {
    signIn(base);
    return waiting;
  }
  const access: SessionAccess = {
    session: data,
    can: (...scopes) => scopes.some((scope) => data?.scopes.includes(scope) === true),
    signIn: () => signIn(base),
    signOut: () => void signOut(rest),
  };
  return <Context value={access}>{children}</Context>;
}

export function useSession(): SessionAccess {
  const access = useContext(Context);
  if (access === null) throw new Error('useSession is for components below SessionGate');
  return access;
}

function visitorOr(error: unknown): null {
  if (error instanceof RestError && error.status === 401) return null;
  throw error;
}

function signIn(base: string): void {
  const { pathname, search } = window.location;
  window.location.assign(`${base}/services/auth/login?returnTo=${encodeURIComponent(pathname + search)}`);
}

async function signOut(rest: Rest): Promise<void> {
  const { redirectTo } = await rest.send<{ redirectTo: string }>('POST', '/logout');
  window.location.assign(redirectTo);
}
