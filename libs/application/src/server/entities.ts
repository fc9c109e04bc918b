import { ApiKey } from './api-key.entity.js';
import { ApplicationKey } from './application-key.entity.js';
import { Application } from './application.entity.js';
import { IdempotentRequest } from './idempotent-request.entity.js';
import { Subscription } from './subscription.entity.js';

export const applicationEntities = [Application, ApplicationKey, Subscription, ApiKey, IdempotentRequest] as const;
