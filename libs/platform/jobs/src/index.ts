export { BullmqJobQueue } from './bullmq-job-queue.js';
export type { BullmqJobQueueOptions } from './bullmq-job-queue.js';
export { DatabaseJobQueue } from './database-job-queue.js';
export type { DatabaseJobQueueOptions } from './database-job-queue.js';
export { Job, jobEntities } from './job.entity.js';
export { JobQueue, JobRefusedError } from './job-queue.js';
export type { FailedJob, JobCounts, JobHandler, JobObserver, JobOutcome, JobRequest, JobRun } from './job-queue.js';
export { JobsModule } from './jobs.module.js';
export type { JobsConfig } from './jobs.module.js';
