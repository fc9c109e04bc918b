import { NumberInput, Stack, TextInput } from '@mantine/core';
import { useSession } from '@tollgate/ui';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { EndpointConfig, EndpointEntry } from '../../../types';
import { SaveBar } from '../save-bar';
import { useApiDraft } from '../use-api-draft';
import { EndpointList } from './endpoint-list';

type Kind = 'production' | 'sandbox';
const kinds: readonly Kind[] = ['production', 'sandbox'];

/** Back ends of both key types. One address is type `http`, several share the load. */
export function Component(): ReactNode {
  const { t } = useTranslation();
  const draft = useApiDraft();
  const readOnly = !useSession().can('apim:api_create', 'apim:api_manage');
  const config = draft.api.endpointConfig ?? {};
  const setUrls = (kind: Kind, urls: readonly string[]): void => {
    const all = { production: urlsOf(config, 'production'), sandbox: urlsOf(config, 'sandbox'), [kind]: urls };
    draft.change({ endpointConfig: configOf(config, all) });
  };
  const { maxTps = {} } = draft.api;
  const setTps = (kind: Kind, value: string | number): void => {
    const { [kind]: _old, ...others } = maxTps;
    draft.change({ maxTps: typeof value === 'number' ? { ...others, [kind]: value } : others });
  };
  return (
    <Stack maw={720} gap="lg">
      {kinds.map((kind) => (
        <EndpointList
          key={kind}
          label={t(`endpoints.${kind}`)}
          urls={urlsOf(config, kind)}
          disabled={readOnly}
          problem={draft.problemAt(`endpointConfig.${kind}_endpoints.url`) ?? draft.problemAt('endpointConfig')}
          onChange={(urls) => setUrls(kind, urls)}
        />
      ))}
      {kinds.map((kind) => (
        <NumberInput
          key={kind}
          label={t(`endpoints.tps.${kind}`)}
          description={t('endpoints.tpsHelp')}
          min={1}
          allowDecimal={false}
          disabled={readOnly}
          value={maxTps[kind] ?? ''}
          error={draft.problemAt(`maxTps.${kind}`)}
          onChange={(value) => setTps(kind, value)}
        />
      ))}
      {config.endpoint_type !== undefined && config.endpoint_type !== 'http' && (
        <TextInput label={t('endpoints.type')} readOnly value={config.endpoint_type} />
      )}
      {!readOnly && <SaveBar draft={draft} />}
    </Stack>
  );
}

function entriesOf(config: EndpointConfig, kind: Kind): readonly EndpointEntry[] {
  const value = config[`${kind}_endpoints`];
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? (value as readonly EndpointEntry[]) : [value as EndpointEntry];
}

function urlsOf(config: EndpointConfig, kind: Kind): readonly string[] {
  return entriesOf(config, kind).map(({ url }) => url ?? '');
}

/** Keeps what else an endpoint says (its timeouts, for example) where the address stays in its place. */
function configOf(config: EndpointConfig, urls: Readonly<Record<Kind, readonly string[]>>): EndpointConfig {
  const isShared = kinds.some((kind) => urls[kind].length > 1);
  const entries = (kind: Kind): EndpointConfig['production_endpoints'] => {
    const old = entriesOf(config, kind);
    const list = urls[kind].map((url, i) => ({ ...old[i], url }));
    return isShared ? list : list[0];
  };
  const { production_endpoints: _production, sandbox_endpoints: _sandbox, ...others } = config;
  const [production, sandbox] = [entries('production'), entries('sandbox')];
  return {
    ...others,
    endpoint_type: isShared ? 'load_balance' : 'http',
    ...(production === undefined ? {} : { production_endpoints: production }),
    ...(sandbox === undefined ? {} : { sandbox_endpoints: sandbox }),
  };
}
