import { Injectable } from '@nestjs/common';
import { PATH_METADATA } from '@nestjs/common/constants.js';
import { ModulesContainer } from '@nestjs/core';
import { z, type ZodType } from 'zod';
import { operationKey, type OperationOptions } from './operation.js';

interface Found extends OperationOptions {
  readonly fullPath: string;
  readonly operationId: string;
}

/** Describes the running routes as OpenAPI 3.1, from the same `@Operation`s that guard and validate them. */
@Injectable()
export class OpenApiDocuments {
  constructor(private readonly modules: ModulesContainer) {}

  /** Every operation of the process, with its path. */
  operations(): Found[] {
    return [...this.modules.values()]
      .flatMap((module) => [...module.controllers.values()])
      .flatMap((wrapper) => this.operationsOf(wrapper.metatype as (new () => object) | null));
  }

  private operationsOf(controller: (new () => object) | null): Found[] {
    if (!controller) return [];
    const bases = [Reflect.getMetadata(PATH_METADATA, controller) as string | string[]].flat();
    const base = `/${bases[0] ?? ''}`.replaceAll(/\/+/g, '/').replace(/\/$/, '');
    return methodNames(controller.prototype).flatMap((name) => {
      const handler = (controller.prototype as Record<string, unknown>)[name];
      const options =
        typeof handler === 'function'
          ? (Reflect.getMetadata(operationKey, handler) as OperationOptions | undefined)
          : undefined;
      return options
        ? [
            {
              ...options,
              fullPath: `${base}${options.path === '/' ? '' : options.path}`,
              operationId: `${controller.name.replace(/Controller$/, '')}.${name}`,
            },
          ]
        : [];
    });
  }

  /** @param base path prefix of the surface, for example `/api/am/publisher/v4` */
  document(base: string, title: string): object {
    const paths: Record<string, Record<string, object>> = {};
    for (const operation of this.operations()) {
      if (!operation.fullPath.startsWith(base)) continue;
      const path = operation.fullPath.slice(base.length).replaceAll(/:(\w+)/g, '{$1}') || '/';
      (paths[path] ??= {})[operation.method.toLowerCase()] = describe(operation, path);
    }
    return {
      openapi: '3.1.0',
      info: { title, version: '1', license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
      servers: [{ url: base }],
      paths,
      components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } } },
    };
  }
}

/** Of the class and those it extends, each once. */
function methodNames(prototype: object): string[] {
  const names = new Set<string>();
  for (
    let at: object | null = prototype;
    at !== null && at !== Object.prototype;
    at = Object.getPrototypeOf(at) as object
  )
    for (const name of Object.getOwnPropertyNames(at)) names.add(name);
  return [...names];
}

function jsonSchema(schema: ZodType): object {
  return z.toJSONSchema(schema, { unrepresentable: 'any', io: 'input' });
}

function describe(operation: Found, path: string): object {
  const content = operation.body
    ? { 'application/json': { schema: jsonSchema(operation.body) } }
    : Object.fromEntries((operation.consumes ?? []).map((type) => [type, {}]));
  const pathParameters = [...path.matchAll(/\{(\w+)\}/g)].map((m) => ({
    name: m[1],
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
  const answer = operation.answer ? { content: { 'application/json': { schema: jsonSchema(operation.answer) } } } : {};
  const scheme = operation.auth ?? 'bearer';
  return {
    operationId: operation.operationId,
    summary: operation.summary,
    parameters: [...pathParameters, ...queryParameters(operation.query)],
    ...(Object.keys(content).length > 0 ? { requestBody: { content } } : {}),
    responses: {
      [String(operation.status)]: { description: 'Success', ...answer },
      default: { description: 'An error: what happened and what to do' },
    },
    ...(scheme === 'public' ? { security: [] } : { security: [{ bearer: operation.scopes ?? [] }] }),
  };
}

function queryParameters(schema: ZodType | undefined): object[] {
  if (!schema) return [];
  const shape = jsonSchema(schema) as { properties?: Record<string, object>; required?: string[] };
  return Object.entries(shape.properties ?? {}).map(([name, property]) => ({
    name,
    in: 'query',
    required: shape.required?.includes(name) ?? false,
    schema: property,
  }));
}
