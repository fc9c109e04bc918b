import 'reflect-metadata';
import { keepsTheJobQueueContract } from './job-queue-contract.js';
import { databaseRig } from './job-queue-rig.js';

keepsTheJobQueueContract('the database adapter on SQLite', () => databaseRig({ type: 'sqlite', file: ':memory:' }));
