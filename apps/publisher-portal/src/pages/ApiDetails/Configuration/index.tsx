import { Select, Stack, Switch, TagsInput, Textarea, TextInput } from '@mantine/core';
import { useSession } from '@tollgate/ui';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { SaveBar } from '../save-bar';
import { useApiDraft } from '../use-api-draft';

const visibilities = ['PUBLIC', 'PRIVATE', 'RESTRICTED'] as const;

/** What an API is called, how it is described, and who sees it. */
export function Component(): ReactNode {
  const { t } = useTranslation();
  const draft = useApiDraft();
  const readOnly = !useSession().can('apim:api_create', 'apim:api_manage', 'apim:api_publish');
  const { api, change, problemAt } = draft;
  const roles = {
    description: t('configuration.rolesHelp'),
    disabled: readOnly,
  };
  return (
    <Stack maw={720}>
      <TextInput
        label={t('configuration.displayName')}
        maxLength={255}
        disabled={readOnly}
        value={api.displayName ?? ''}
        error={problemAt('displayName')}
        onChange={(event) => change({ displayName: event.currentTarget.value || undefined } as never)}
      />
      <Textarea
        label={t('common.description')}
        autosize
        minRows={4}
        maxRows={16}
        disabled={readOnly}
        value={api.description ?? ''}
        error={problemAt('description')}
        onChange={(event) => change({ description: event.currentTarget.value })}
      />
      <TagsInput
        label={t('overview.tags')}
        description={t('configuration.tagsHelp')}
        maxTags={30}
        disabled={readOnly}
        value={[...api.tags]}
        error={problemAt('tags')}
        onChange={(tags) => change({ tags })}
      />
      <Switch
        label={t('api.makeDefault')}
        disabled={readOnly}
        checked={api.isDefaultVersion}
        onChange={(event) => change({ isDefaultVersion: event.currentTarget.checked })}
      />
      <Select
        label={t('configuration.visibility')}
        data={visibilities.map((value) => ({ value, label: t(`configuration.visible.${value}`) }))}
        allowDeselect={false}
        disabled={readOnly}
        value={api.visibility}
        onChange={(visibility) => visibility !== null && change({ visibility })}
      />
      {api.visibility === 'RESTRICTED' && (
        <TagsInput
          label={t('configuration.visibleRoles')}
          value={[...api.visibleRoles]}
          error={problemAt('visibleRoles')}
          onChange={(visibleRoles) => change({ visibleRoles })}
          {...roles}
        />
      )}
      <Switch
        label={t('configuration.accessControl')}
        disabled={readOnly}
        checked={api.accessControl === 'RESTRICTED'}
        onChange={(event) => change({ accessControl: event.currentTarget.checked ? 'RESTRICTED' : 'NONE' })}
      />
      {api.accessControl === 'RESTRICTED' && (
        <TagsInput
          label={t('configuration.accessRoles')}
          value={[...api.accessControlRoles]}
          error={problemAt('accessControlRoles')}
          onChange={(accessControlRoles) => change({ accessControlRoles })}
          {...roles}
        />
      )}
      {!readOnly && <SaveBar draft={draft} />}
    </Stack>
  );
}
