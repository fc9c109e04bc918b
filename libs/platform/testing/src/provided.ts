/** What the global set-up hands to spec files. */
export interface ProvidedUrls {
  readonly mysqlUrl: string;
  readonly redisUrl: string;
  readonly amqpUrls: readonly string[];
}

declare module 'vitest' {
  export interface ProvidedContext {
    tollgateServices: ProvidedUrls;
  }
}
