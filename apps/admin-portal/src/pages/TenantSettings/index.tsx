import { Checkbox, NativeSelect, Stack, Title } from '@mantine/core';
import { EntityBar, ErrorPanel, PageHeader, useEntityForm, Waiting, type Versioned } from '@tollgate/ui';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { RoleChoice } from '../../parts/role-choice';
import { useChangeTenantConfig, useTenantConfig, type TenantConfig } from '../../queries/tenant-config';

type Settings = Pick<TenantConfig, 'WorkflowExtensions' | 'SelfSignUp' | 'SecondFactor'>;

/** Kinds of requests that can be made to wait for approval. */
const kinds = [
  'ApplicationCreation',
  'ApplicationUpdate',
  'ApplicationDeletion',
  'ProductionApplicationRegistration',
  'SandboxApplicationRegistration',
  'SubscriptionCreation',
  'SubscriptionUpdate',
  'SubscriptionDeletion',
  'UserSignUp',
  'APIStateChange',
  'APIRevisionDeployment',
];

/** What needs approval, who may sign up, and who needs a second factor. */
export function Component(): ReactNode {
  const { data, error, refetch } = useTenantConfig();
  if (error && !data) return <ErrorPanel error={error} onRetry={() => void refetch()} />;
  if (!data) return <Waiting />;
  const reload = async (): Promise<Versioned<Settings>> => {
    const newest = await refetch({ throwOnError: true });
    return { body: settingsOf(newest.data as TenantConfig), etag: undefined };
  };
  return <Edit loaded={{ body: settingsOf(data), etag: undefined }} reload={reload} />;
}

function settingsOf({ WorkflowExtensions, SelfSignUp, SecondFactor }: TenantConfig): Settings {
  return { WorkflowExtensions, SelfSignUp, SecondFactor };
}

interface EditProps {
  readonly loaded: Versioned<Settings>;
  readonly reload: () => Promise<Versioned<Settings>>;
}

function Edit({ loaded, reload }: EditProps): ReactNode {
  const { t } = useTranslation();
  const { mutateAsync } = useChangeTenantConfig();
  const form = useEntityForm<Settings>({ loaded, reload, save: (body) => mutateAsync(changed(loaded.body, body)) });
  const { WorkflowExtensions, SelfSignUp, SecondFactor } = form.value;
  return (
    <>
      <PageHeader title={t('tenant.title')} about={t('tenant.about')} />
      <Stack maw={720}>
        <Title order={2} size="h3">
          {t('tenant.field.SelfSignUp')}
        </Title>
        <Checkbox
          label={t('tenant.signUp')}
          checked={SelfSignUp.EnableSignup}
          onChange={(event) =>
            form.change({ SelfSignUp: { ...SelfSignUp, EnableSignup: event.currentTarget.checked } })
          }
        />
        <RoleChoice
          label={t('tenant.signUpRoles')}
          value={SelfSignUp.SignUpRoles}
          onChange={(SignUpRoles) => form.change({ SelfSignUp: { ...SelfSignUp, SignUpRoles } })}
        />
        <Title order={2} size="h3">
          {t('tenant.field.SecondFactor')}
        </Title>
        <RoleChoice
          label={t('tenant.secondFactor')}
          value={SecondFactor.RequiredForRoles}
          onChange={(RequiredForRoles) => form.change({ SecondFactor: { RequiredForRoles } })}
        />
        <Title order={2} size="h3">
          {t('tenant.field.WorkflowExtensions')}
        </Title>
        {kinds.map((kind) => (
          <NativeSelect
            key={kind}
            label={t(`tenant.kinds.${kind}`)}
            data={executorsOf(WorkflowExtensions[kind]?.executor).map((executor) => ({
              value: executor,
              label: t(`tenant.executors.${executor}`),
            }))}
            value={WorkflowExtensions[kind]?.executor ?? 'simple'}
            onChange={(event) =>
              form.change({
                WorkflowExtensions: {
                  ...WorkflowExtensions,
                  [kind]: executorOf(event.currentTarget.value, loaded.body.WorkflowExtensions[kind]),
                },
              })
            }
          />
        ))}
        <EntityBar form={form} labelOf={(field) => t(`tenant.field.${field}`)} />
      </Stack>
    </>
  );
}

/** The parts that differ: what is not sent stays as somebody else may have left it. */
function changed(base: Settings, body: Settings): Partial<Settings> {
  return Object.fromEntries(
    Object.entries(body).filter(
      ([part, value]) => JSON.stringify(value) !== JSON.stringify(base[part as keyof Settings]),
    ),
  ) as Partial<Settings>;
}

/** Back to the executor that is in force, with its address and secret, or a new one. */
function executorOf(chosen: string, present: { readonly executor: string } | undefined): { readonly executor: string } {
  return present?.executor === chosen ? present : { executor: chosen };
}

/** A webhook is set up by REST, with its secret; here it is kept or replaced. */
function executorsOf(present: string | undefined): string[] {
  return present === 'webhook' ? ['simple', 'approval', 'webhook'] : ['simple', 'approval'];
}
