import { Inject, Injectable } from '@nestjs/common';
import {
  guardOf,
  parseStrictJson,
  sendGuarded,
  tollgateConfig,
  type AddressGuard,
  type NetworkConfig,
} from '@tollgate/base';

export interface KeyManagerAnswer {
  readonly status: number;
  readonly text: string;
  /** Empty when the text is no JSON object. */
  readonly json: Readonly<Record<string, unknown>>;
}

export interface KeyManagerCall {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly headers?: Readonly<Record<string, string>>;
  readonly form?: Readonly<Record<string, string>>;
  readonly json?: object;
}

const maxBytes = 262_144;
const timeoutMs = 5_000;

/** Calls key managers at addresses that administrators gave, through the guard against requests into private networks. */
@Injectable()
export class KeyManagerCaller {
  private readonly guard: AddressGuard;

  constructor(@Inject(tollgateConfig) config: NetworkConfig) {
    this.guard = guardOf(config);
  }

  /** @throws ApimError 400 naming `field` when there is no answer */
  async call(url: string, field: string, call: KeyManagerCall = {}): Promise<KeyManagerAnswer> {
    const body = call.form ? new URLSearchParams(call.form).toString() : call.json && JSON.stringify(call.json);
    const type = call.form ? 'application/x-www-form-urlencoded' : 'application/json';
    const headers = {
      accept: 'application/json',
      ...(body === undefined ? {} : { 'content-type': type }),
      ...call.headers,
    };
    const options = { guard: this.guard, maxBytes, timeoutMs, field };
    const answer = await sendGuarded(url, options, {
      method: call.method ?? 'GET',
      headers,
      ...(body === undefined ? {} : { body }),
    });
    return { ...answer, json: objectOf(answer.text) };
  }
}

function objectOf(text: string): Record<string, unknown> {
  try {
    const value = parseStrictJson(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : {};
  } catch {
    return {}; // the status says what became of the call
  }
}
