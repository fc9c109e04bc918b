export { counterGraceMs, CounterStoreUnavailableError } from './counter-store.js';
export type { BatchPart, Counted, CounterStore, Increment } from './counter-store.js';
export { BatchMemory } from './batch-memory.js';
export type { BatchMemoryState } from './batch-memory.js';
export { MemoryCounterStore } from './memory-counter-store.js';
export type { OpenWindows } from './memory-counter-store.js';
export { RedisCounterStore } from './redis-counter-store.js';
export type { RedisCounterStoreOptions } from './redis-counter-store.js';
export { FallbackCounterStore } from './fallback-counter-store.js';
