import { useState } from 'react';
import { useOAuthKeys } from '../../../queries/keys';
import { useSubscriptions } from '../../../queries/subscriptions';
import { useHeldToken, useMakeToken, type TryOutCall } from '../../../queries/try-out';
import { useSecret } from '../../../parts/shown-secrets';
import type { Api, KeyType, OAuthKeys, Subscription } from '../../../types';

/** `application`: a test token of one; `own`: a token or key that the reader has; `none`: no credential. */
export type CredentialKind = 'application' | 'apiKey' | 'token' | 'none';

/** A token is renewed when it is good for less than this. */
const renewMs = 20_000;

export interface Credential {
  readonly kind: CredentialKind;
  readonly setKind: (kind: CredentialKind) => void;
  /** What was pasted, for `apiKey` and `token`. */
  readonly pasted: string;
  readonly paste: (text: string) => void;
  /** Subscriptions of the reader's applications that calls may go through; undefined while they load. */
  readonly subscriptions: readonly Subscription[] | undefined;
  readonly subscription: Subscription | undefined;
  readonly choose: (applicationId: string) => void;
  readonly keyType: KeyType;
  readonly setKeyType: (keyType: KeyType) => void;
  /** Of the chosen application and type; null: it has none. */
  readonly keys: OAuthKeys | null | undefined;
  /** True when the secret has to be typed. */
  readonly asksSecret: boolean;
  readonly typed: string;
  readonly type: (secret: string) => void;
  readonly validUntilMs: number | undefined;
  /** What stands in the calls now; '' for nothing yet. */
  readonly held: string;
  readonly isReady: boolean;
  readonly isPending: boolean;
  readonly error: unknown;
  /** The credential to send, made when there is none: '' for no credential, null when it could not be made. */
  readonly obtain: () => Promise<string | null>;
  /** Makes a new token; absent when there is nothing to make one with. */
  readonly renew: (() => void) | undefined;
  readonly headersWith: (secret: string) => TryOutCall['headers'];
}

/** As whom the API is called. Secrets and tokens stay in this page's memory. */
export function useCredential(api: Api): Credential {
  const [kind, setKind] = useState<CredentialKind>('application');
  const [pasted, paste] = useState('');
  const [wanted, choose] = useState('');
  const [keyType, setKeyType] = useState<KeyType>('PRODUCTION');
  const [typed, type] = useState('');
  const subscriptions = useSubscriptions({ apiId: api.id }).data;
  const subscription = subscriptions?.find((each) => each.applicationId === wanted) ?? subscriptions?.[0];
  const applicationId = subscription?.applicationId ?? '';
  const found = useOAuthKeys(applicationId, applicationId !== '').data?.list;
  const keys = found && (found.find((each) => each.keyType === keyType && each.keyMappingId !== undefined) ?? null);
  const keyMappingId = keys?.keyMappingId ?? '';
  const shown = useSecret(keyMappingId);
  const consumerSecret = shown ?? typed;
  const token = useHeldToken(keyMappingId);
  const making = useMakeToken();
  const canMake = keyMappingId !== '' && consumerSecret !== '';
  const make = (): Promise<string | null> =>
    making
      .mutateAsync({ applicationId, keyMappingId, consumerSecret, scopes: api.scopes.map(({ key }) => key) })
      .then((made) => made.token)
      .catch(() => null); // `error` shows it
  const obtain = async (): Promise<string | null> => {
    if (kind === 'none') return '';
    if (kind !== 'application') return pasted.trim();
    return token && token.validUntilMs - Date.now() > renewMs ? token.token : make();
  };
  return {
    kind,
    setKind,
    pasted,
    paste,
    subscriptions,
    subscription,
    choose,
    keyType,
    setKeyType,
    keys,
    asksSecret: shown === undefined && token === undefined,
    typed,
    type,
    validUntilMs: token?.validUntilMs,
    held: kind === 'application' ? (token?.token ?? '') : pasted.trim(),
    isReady: kind === 'none' || (kind === 'application' ? token !== undefined || canMake : pasted.trim() !== ''),
    isPending: making.isPending,
    error: kind === 'application' ? making.error : null,
    obtain,
    renew: kind === 'application' && canMake ? () => void make() : undefined,
    headersWith(secret) {
      if (kind === 'none') return [];
      if (kind === 'apiKey') return [{ name: 'apikey', value: secret }];
      return [{ name: api.authorizationHeader, value: `Bearer ${secret}` }];
    },
  };
}
