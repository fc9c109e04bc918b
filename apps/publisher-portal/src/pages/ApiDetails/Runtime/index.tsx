import { Checkbox, Group, Select, Stack, Switch, TagsInput, TextInput } from '@mantine/core';
import { useSession } from '@tollgate/ui';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { usePolicies } from '../../../queries/settings';
import { SaveBar } from '../save-bar';
import { useApiDraft } from '../use-api-draft';

const schemes = ['oauth2', 'api_key'] as const;

/** What gateways do with requests: transports, security, limits, rules for browsers. */
export function Component(): ReactNode {
  const { t } = useTranslation();
  const draft = useApiDraft();
  const readOnly = !useSession().can('apim:api_create', 'apim:api_manage');
  const policies = usePolicies('api');
  const { api, change, problemAt } = draft;
  const cors = api.corsConfiguration;
  const setCors = (changes: Partial<typeof cors>): void => change({ corsConfiguration: { ...cors, ...changes } });
  const others = api.securityScheme.filter((scheme) => !schemes.some((known) => known === scheme));
  return (
    <Stack maw={720}>
      <Checkbox.Group
        label={t('runtime.transports')}
        value={[...api.transport]}
        error={api.transport.length === 0 ? t('runtime.oneTransport') : problemAt('transport')}
        onChange={(transport) => change({ transport })}
      >
        <Group mt="xs">
          <Checkbox value="http" label="HTTP" disabled={readOnly} />
          <Checkbox value="https" label="HTTPS" disabled={readOnly} />
        </Group>
      </Checkbox.Group>
      <Checkbox.Group
        label={t('runtime.security')}
        value={api.securityScheme.filter((scheme) => schemes.some((known) => known === scheme))}
        error={problemAt('securityScheme')}
        onChange={(chosen) => change({ securityScheme: [...chosen, ...others] })}
      >
        <Group mt="xs">
          {schemes.map((scheme) => (
            <Checkbox key={scheme} value={scheme} label={t(`runtime.scheme.${scheme}`)} disabled={readOnly} />
          ))}
        </Group>
      </Checkbox.Group>
      {api.type === 'HTTP' && (
        <Switch
          label={t('runtime.schemas')}
          description={t('runtime.schemasHelp')}
          disabled={readOnly}
          checked={api.enableSchemaValidation === true}
          onChange={(event) => change({ enableSchemaValidation: event.currentTarget.checked })}
        />
      )}
      <TextInput
        label={t('runtime.header')}
        description={t('runtime.headerHelp')}
        placeholder="Authorization"
        disabled={readOnly}
        value={api.authorizationHeader}
        error={problemAt('authorizationHeader')}
        onChange={(event) => change({ authorizationHeader: event.currentTarget.value })}
      />
      <Select
        label={t('runtime.limit')}
        description={t('runtime.limitHelp')}
        data={(policies.data?.list ?? []).map(({ name }) => name)}
        clearable
        disabled={readOnly}
        value={api.apiThrottlingPolicy ?? null}
        error={problemAt('apiThrottlingPolicy')}
        onChange={(value) => change({ apiThrottlingPolicy: value ?? '' } as never)}
      />
      <Switch
        label={t('runtime.cors')}
        description={t('runtime.corsHelp')}
        disabled={readOnly}
        checked={cors.corsConfigurationEnabled}
        onChange={(event) => setCors({ corsConfigurationEnabled: event.currentTarget.checked })}
      />
      {cors.corsConfigurationEnabled && (
        <>
          <TagsInput
            label={t('runtime.origins')}
            disabled={readOnly}
            value={[...cors.accessControlAllowOrigins]}
            error={problemAt('corsConfiguration')}
            onChange={(accessControlAllowOrigins) => setCors({ accessControlAllowOrigins })}
          />
          <TagsInput
            label={t('runtime.headers')}
            disabled={readOnly}
            value={[...cors.accessControlAllowHeaders]}
            onChange={(accessControlAllowHeaders) => setCors({ accessControlAllowHeaders })}
          />
          <TagsInput
            label={t('runtime.methods')}
            disabled={readOnly}
            value={[...cors.accessControlAllowMethods]}
            onChange={(accessControlAllowMethods) => setCors({ accessControlAllowMethods })}
          />
          <Switch
            label={t('runtime.credentials')}
            disabled={readOnly}
            checked={cors.accessControlAllowCredentials}
            onChange={(event) => setCors({ accessControlAllowCredentials: event.currentTarget.checked })}
          />
        </>
      )}
      {!readOnly && <SaveBar draft={draft} />}
    </Stack>
  );
}
