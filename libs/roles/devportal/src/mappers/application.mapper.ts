import { shownUserName } from '@tollgate/base';
import type { Application, ApplicationInput } from '@tollgate/application/server';
import type { ApplicationAnswer, ApplicationBody, ApplicationInfoAnswer } from '../schemas/application.js';
import type { ApplicationKeyAnswer } from '../schemas/key.js';

export function applicationInput(body: ApplicationBody): ApplicationInput {
  const { name, throttlingPolicy, description, tokenType, attributes, groups } = body;
  return { name: name.normalize('NFC'), tier: throttlingPolicy, description, tokenType, attributes, groups };
}

export function applicationInfo(application: Application, subscriptionCount: number): ApplicationInfoAnswer {
  const { uuid, name, tier, description, status, groups, attributes } = application;
  const owner = shownUserName(application.owner, application.organization);
  return {
    applicationId: uuid,
    name,
    throttlingPolicy: tier,
    description,
    status,
    groups,
    subscriptionCount,
    attributes,
    owner,
  };
}

/** @param keys without secrets: those are answered only where keys are asked for */
export function applicationBodyOf(
  application: Application,
  subscriptionCount: number,
  keys: readonly ApplicationKeyAnswer[] = [],
): ApplicationAnswer {
  return {
    ...applicationInfo(application, subscriptionCount),
    tokenType: application.tokenType,
    keys: [...keys],
    subscriptionScopes: [],
    hashEnabled: false,
    visibility: 'PRIVATE',
  };
}
