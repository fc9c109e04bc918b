import { Alert, Button, Group, SegmentedControl, Stack } from '@mantine/core';
import { PageHeader, useErrorText } from '@tollgate/ui';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import {
  publishNewApi,
  useCheckDefinition,
  useCreateApi,
  type PublishStep,
  type Source,
} from '../../queries/create-api';
import { useSettings } from '../../queries/settings';
import type { DefinitionCheck } from '../../types';
import { ApiForm, useApiForm } from './api-form';
import { DefinitionSource } from './definition-source';
import { StepList, type Progress } from './step-list';

/** From nothing, or from an OpenAPI definition, to an API that is published and callable. */
export function Component(): ReactNode {
  const { t } = useTranslation();
  const errorText = useErrorText();
  const navigate = useNavigate();
  const settings = useSettings();
  const [kind, setKind] = useState<'scratch' | 'openapi'>('openapi');
  const [source, setSource] = useState<Source | null>(null);
  const [checked, setChecked] = useState<DefinitionCheck | null>(null);
  const [progress, setProgress] = useState<Progress | null>(null);
  const check = useCheckDefinition();
  const create = useCreateApi();
  const form = useApiForm(settings.data?.defaultSubscriptionPolicy);

  async function take(next: Source): Promise<void> {
    setSource(next);
    setChecked(null);
    const result = await check.mutateAsync(next).catch(() => null);
    setChecked(result);
    if (result?.isValid === true) form.suggest(result.info ?? {});
  }

  async function submit(publish: boolean): Promise<void> {
    const api = form.submit();
    if (api === null) return;
    const from: Source = kind === 'scratch' ? { kind: 'scratch' } : (source ?? { kind: 'scratch' });
    try {
      const made = await create.mutateAsync({ source: from, api });
      if (!publish) return void navigate(`/apis/${made.id}/overview`);
      await publishFrom(made.id);
    } catch (error) {
      form.refuse(error);
    }
  }

  async function publishFrom(apiId: string): Promise<void> {
    let step: PublishStep = 'revision';
    try {
      await publishNewApi(apiId, settings.data?.environment ?? [], (next) => {
        step = next;
        setProgress({ apiId, step, error: null });
      });
      void navigate(`/apis/${apiId}/overview`);
    } catch (error) {
      setProgress({ apiId, step, error });
    }
  }

  if (progress !== null) return <StepList progress={progress} />;
  const isReady = kind === 'scratch' || checked?.isValid === true;
  return (
    <>
      <PageHeader title={t('create.title')} about={t('create.about')} />
      <Stack maw={720}>
        <SegmentedControl
          aria-label={t('create.source')}
          value={kind}
          onChange={(value) => setKind(value === 'scratch' ? 'scratch' : 'openapi')}
          data={[
            { value: 'openapi', label: t('create.openapi') },
            { value: 'scratch', label: t('create.scratch') },
          ]}
        />
        {kind === 'openapi' && (
          <DefinitionSource onSource={take} busy={check.isPending} checked={checked} error={check.error} />
        )}
        {isReady && (
          <>
            <ApiForm form={form} />
            {form.problem !== null && (
              <Alert color="danger" role="alert" title={t('error.title')}>
                {errorText(form.problem)}
              </Alert>
            )}
            <Group>
              <Button loading={create.isPending} onClick={() => void submit(true)}>
                {t('create.andPublish')}
              </Button>
              <Button variant="default" disabled={create.isPending} onClick={() => void submit(false)}>
                {t('create.only')}
              </Button>
            </Group>
          </>
        )}
      </Stack>
    </>
  );
}
