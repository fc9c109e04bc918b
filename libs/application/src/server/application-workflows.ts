import { Injectable } from '@nestjs/common';
import { Workflows, type WorkflowHandler } from '@tollgate/workflow/server';
import { ApplicationService, type ApplicationStep } from './application.service.js';
import { KeyService, registrationWorkflows, type KeyInput } from './key.service.js';
import { SubscriptionService, type SubscriptionStep } from './subscription.service.js';

const steps = ['CREATION', 'UPDATE', 'DELETION'] as const satisfies readonly (ApplicationStep & SubscriptionStep)[];

/** What becomes of applications, subscriptions and keys when somebody has decided. */
@Injectable()
export class ApplicationWorkflows {
  constructor(
    private readonly workflows: Workflows,
    private readonly applications: ApplicationService,
    private readonly subscriptions: SubscriptionService,
    private readonly keys: KeyService,
  ) {}

  register(): void {
    for (const step of steps) {
      this.workflows.register(`AM_APPLICATION_${step}`, this.handlerOf(this.applications, step));
      this.workflows.register(`AM_SUBSCRIPTION_${step}`, this.handlerOf(this.subscriptions, step));
    }
    for (const type of registrationWorkflows)
      this.workflows.register(type, {
        approve: async (tx, task) => void (await this.keys.make(tx, task.subject, task.payload as KeyInput)),
        reject: async () => undefined, // nothing was made yet
      });
  }

  private handlerOf(
    service: Pick<ApplicationService | SubscriptionService, 'decided'>,
    step: (typeof steps)[number],
  ): WorkflowHandler {
    return {
      approve: (tx, task) => service.decided(tx, step, true, task),
      reject: (tx, task) => service.decided(tx, step, false, task),
    };
  }
}
