import { createHash, randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import {
  ConflictError,
  ForbiddenError,
  InvalidInputError,
  NotFoundError,
  superOrganization,
  tollgateClock,
  type Clock,
} from '@tollgate/base';
import {
  Database,
  isDuplicateKey,
  managerOf,
  updateVersioned,
  type RequestContext,
  type Transaction,
} from '@tollgate/database';
import { RecordWriter, type RecordKey } from '@tollgate/deployment/server';
import type { CustomRuleRecord } from '../contract/index.js';
import { KeyTemplateError, parseKeyTemplate } from '../domain/index.js';
import { compileRule, RuleError, suggestionIn, type RuleProblem } from '../siddhi/index.js';
import { CustomRule } from './custom-rule.entity.js';

/** Everything of a rule that its owner decides. */
export type CustomRuleInput = Pick<CustomRule, 'name' | 'description' | 'keyTemplate' | 'siddhiQuery' | 'isDeployed'>;

/** A place in a rule or its key template; lines and columns count from 1. */
export interface FoundProblem extends RuleProblem {
  readonly field: 'siddhiQuery' | 'keyTemplate';
  /** A name that was probably meant, to stand in place of the one there. */
  readonly suggestion: string | null;
}

export interface RuleFindings {
  /** Whether it could be saved. */
  readonly valid: boolean;
  readonly problems: readonly FoundProblem[];
  /** What can run and probably is not meant so. */
  readonly warnings: readonly FoundProblem[];
  /** Names of the properties that it reads of each request. */
  readonly properties: readonly string[];
}

/** Makes, changes and deletes custom rules: for the super organization only, because they see all requests. */
@Injectable()
export class CustomRuleService {
  constructor(
    private readonly db: Database,
    private readonly records: RecordWriter,
    @Inject(tollgateClock) private readonly clock: Clock,
  ) {}

  /** In the order they were made. @throws ForbiddenError */
  async list(ctx: RequestContext): Promise<CustomRule[]> {
    superOnly(ctx);
    return managerOf(this.db, ctx).find(CustomRule, { order: { id: 'ASC' } });
  }

  /** @throws ForbiddenError, NotFoundError */
  async get(ctx: RequestContext, uuid: string): Promise<CustomRule> {
    superOnly(ctx);
    const rule = await managerOf(this.db, ctx).findOneBy(CustomRule, { uuid });
    if (!rule) throw new NotFoundError('Custom rule', uuid);
    return rule;
  }

  /** @throws ForbiddenError, RuleError, InvalidInputError, ConflictError when name or key template are taken */
  async create(ctx: RequestContext, input: CustomRuleInput): Promise<CustomRule> {
    superOnly(ctx);
    check(input);
    return this.db.transaction(ctx, async (tx) => {
      await this.assertFree(tx, input, '');
      const nowMs = this.clock.nowMs();
      const common = { uuid: randomUUID(), organization: superOrganization, rowVersion: 1 };
      const rule = Object.assign(new CustomRule(), common, input, { createdAt: nowMs, updatedAt: nowMs });
      try {
        await tx.manager.insert(CustomRule, rule);
      } catch (error) {
        throw isDuplicateKey(error) ? taken('name or key template', `${input.name}, ${input.keyTemplate}`) : error;
      }
      await this.write(tx, rule, 'POLICY_CREATE');
      return rule;
    });
  }

  /** @throws ForbiddenError, NotFoundError, StaleVersionError, RuleError, InvalidInputError, ConflictError */
  async update(
    ctx: RequestContext,
    uuid: string,
    input: CustomRuleInput,
    expectedVersion?: number,
  ): Promise<CustomRule> {
    superOnly(ctx);
    check(input);
    return this.db.transaction(ctx, async (tx) => {
      const rule = await this.get(tx, uuid);
      await this.assertFree(tx, input, uuid);
      try {
        await updateVersioned(tx, CustomRule, rule, { ...input }, this.versionOptions(expectedVersion));
      } catch (error) {
        throw isDuplicateKey(error) ? taken('name or key template', `${input.name}, ${input.keyTemplate}`) : error;
      }
      await this.write(tx, rule, 'POLICY_UPDATE');
      return rule;
    });
  }

  /** @throws ForbiddenError, NotFoundError, StaleVersionError */
  async delete(ctx: RequestContext, uuid: string, expectedVersion?: number): Promise<void> {
    superOnly(ctx);
    await this.db.transaction(ctx, async (tx) => {
      const rule = await this.get(tx, uuid);
      await updateVersioned(tx, CustomRule, rule, {}, this.versionOptions(expectedVersion));
      await tx.manager.delete(CustomRule, { id: rule.id });
      await this.records.remove(tx, keyOf(rule, 'POLICY_DELETE'));
    });
  }

  /** Says all that is wrong with a rule, and stores nothing. @throws ForbiddenError */
  findings(
    ctx: RequestContext,
    { siddhiQuery, keyTemplate }: Pick<CustomRuleInput, 'siddhiQuery' | 'keyTemplate'>,
  ): RuleFindings {
    superOnly(ctx);
    return findingsOf(siddhiQuery, keyTemplate);
  }

  private async assertFree(tx: Transaction, { name, keyTemplate }: CustomRuleInput, uuid: string): Promise<void> {
    const sameName = await tx.manager.findOneBy(CustomRule, { name });
    if (sameName && sameName.uuid !== uuid) throw taken('name', name);
    const sameTemplate = await tx.manager.findOneBy(CustomRule, { keyTemplate });
    if (sameTemplate && sameTemplate.uuid !== uuid) throw taken('key template', keyTemplate);
  }

  private async write(tx: Transaction, rule: CustomRule, eventType: string): Promise<void> {
    if (rule.isDeployed) await this.records.put(tx, keyOf(rule, eventType), customRuleRecord(rule));
    else await this.records.remove(tx, keyOf(rule, eventType));
  }

  private versionOptions(expectedVersion: number | undefined): { nowMs: number; expectedVersion?: number } {
    return { nowMs: this.clock.nowMs(), ...(expectedVersion === undefined ? {} : { expectedVersion }) };
  }
}

function customRuleRecord({ uuid, organization, name, keyTemplate, siddhiQuery }: CustomRule): CustomRuleRecord {
  const version = createHash('sha256').update(siddhiQuery).digest('hex').slice(0, 16);
  const { properties } = compileRule(siddhiQuery);
  return {
    uuid,
    organization,
    name,
    ruleId: `${uuid}-${version}`,
    keyTemplate,
    siddhiQuery,
    properties: [...properties],
  };
}

function keyOf({ uuid, organization }: CustomRule, eventType: string): RecordKey {
  return { kind: 'custom-rule', id: uuid, organization, eventType, topic: 'throttleData' };
}

function findingsOf(siddhiQuery: string, keyTemplate: string): RuleFindings {
  const template = templateProblems(keyTemplate);
  try {
    const { warnings, properties } = compileRule(siddhiQuery);
    return { valid: template.length === 0, problems: template, warnings: warnings.map(ofQuery), properties };
  } catch (error) {
    if (!(error instanceof RuleError)) throw error;
    return { valid: false, problems: [...error.problems.map(ofQuery), ...template], warnings: [], properties: [] };
  }
}

function ofQuery(problem: RuleProblem): FoundProblem {
  return { field: 'siddhiQuery', ...problem, suggestion: suggestionIn(problem.message) };
}

function templateProblems(keyTemplate: string): FoundProblem[] {
  try {
    parseKeyTemplate(keyTemplate);
    return [];
  } catch (error) {
    if (!(error instanceof KeyTemplateError)) throw error;
    return [{ field: 'keyTemplate', line: 1, column: error.offset + 1, message: error.message, suggestion: null }];
  }
}

/** What cannot be run is refused here, not found out later by a log line. */
function check({ keyTemplate, siddhiQuery }: CustomRuleInput): void {
  compileRule(siddhiQuery);
  try {
    parseKeyTemplate(keyTemplate);
  } catch (error) {
    if (!(error instanceof KeyTemplateError)) throw error;
    throw new InvalidInputError([{ field: 'keyTemplate', message: `column ${error.offset + 1}: ${error.message}` }]);
  }
}

function superOnly({ organization }: RequestContext): void {
  if (organization === superOrganization) return;
  throw new ForbiddenError(
    'CUSTOM_RULES_ARE_GLOBAL',
    'Custom rules concern all organizations.',
    `Ask an administrator of ${superOrganization}.`,
  );
}

function taken(what: string, value: string): ConflictError {
  return new ConflictError(
    'CUSTOM_RULE_EXISTS',
    `Another custom rule has this ${what}: ${value}.`,
    'Choose another one, or change that rule.',
  );
}
