import { Button, Group, Paper, Stack, Title } from '@mantine/core';
import { CopyText, useUrlState } from '@tollgate/ui';
import { useState, type FormEvent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { FormProblem } from '../../../parts/form-problem';
import { useTryOut } from '../../../queries/try-out';
import type { Api } from '../../../types';
import { AnswerPanel } from './answer-panel';
import { callOf, curlOf, fieldKey, missing, type BodyText, type Filled } from './call';
import { CredentialForm } from './credential-form';
import { OperationForm } from './operation-form';
import { readOperation, type ConsoleOperation } from './operations';
import type { Json } from './schema-example';
import { TargetForm } from './target-form';
import { useCredential } from './use-credential';

const defaults = { operation: '', environment: '', transport: '' };

interface ConsoleProps {
  readonly api: Api;
  readonly definition: Json;
  /** Of all operations; not empty. */
  readonly names: readonly string[];
}

/** Where, as whom and what is called; below it the answer. The address holds the choice of operation and gateway. */
export function Console({ api, definition, names }: ConsoleProps): ReactNode {
  const [wanted, change] = useUrlState(defaults);
  const name = names.includes(wanted.operation) ? wanted.operation : (names[0] ?? '');
  const operation = readOperation(definition, name);
  const where = api.endpointURLs.find((each) => each.environmentName === wanted.environment) ?? api.endpointURLs[0];
  const transports = (['https', 'http'] as const).filter((each) => where?.URLs[each] !== undefined);
  const transport = transports.find((each) => each === wanted.transport) ?? transports[0];
  if (operation === null || where === undefined || transport === undefined) return null;
  return (
    <OfOperation
      key={name}
      api={api}
      operation={operation}
      target={{ environmentName: where.environmentName, transport }}
      base={where.URLs[transport] ?? ''}
      choice={
        <TargetForm
          names={names}
          name={name}
          environments={api.endpointURLs}
          environment={where.environmentName}
          transports={transports}
          transport={transport}
          onChange={change}
        />
      }
    />
  );
}

interface OfOperationProps {
  readonly api: Api;
  readonly operation: ConsoleOperation;
  readonly target: { readonly environmentName: string; readonly transport: 'https' | 'http' };
  /** Address of the API there. */
  readonly base: string;
  readonly choice: ReactNode;
}

function OfOperation({ api, operation, target, base, choice }: OfOperationProps): ReactNode {
  const { t } = useTranslation();
  const [filled, fill] = useState<Filled>(() =>
    Object.fromEntries(operation.parameters.map((each) => [fieldKey(each), each.required ? each.example : ''])),
  );
  const [first] = operation.bodies;
  const [body, write] = useState<BodyText | null>(
    first === undefined ? null : { mediaType: first.mediaType, text: first.example },
  );
  const credential = useCredential(api);
  const tryOut = useTryOut(api.id);
  const call = callOf(operation, filled, body);
  const empty = missing(operation, filled);
  const withSecret = (secret: string): typeof call => ({
    ...call,
    headers: [...call.headers, ...credential.headersWith(secret)],
  });
  const send = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    const secret = await credential.obtain();
    if (secret !== null) tryOut.mutate({ ...target, ...withSecret(secret) });
  };
  return (
    <Stack>
      <form onSubmit={(event) => void send(event)}>
        <Paper className="tg-surface" p="md">
          <Stack maw={720}>
            {choice}
            <CredentialForm api={api} credential={credential} />
            <OperationForm operation={operation} filled={filled} onFill={fill} body={body} onWrite={write} />
            <FormProblem error={credential.error ?? tryOut.error} />
            <Group>
              <Button
                type="submit"
                loading={credential.isPending || tryOut.isPending}
                disabled={empty.length > 0 || !credential.isReady}
              >
                {t('console.send')}
              </Button>
            </Group>
          </Stack>
        </Paper>
      </form>
      {tryOut.data && <AnswerPanel api={api} answer={tryOut.data} onRenew={credential.renew} />}
      <Stack gap="xs">
        <Title order={2} size="h3">
          curl
        </Title>
        <CopyText
          block
          label="curl"
          text={curlOf(base, withSecret(credential.held || t('console.yourToken')))}
          shown={curlOf(base, withSecret(credential.held || t('console.yourToken')), credential.held)}
        />
      </Stack>
    </Stack>
  );
}
