export { digestOf, emptyDigest, hashRecord, toggleInDigest } from './record-hash.js';
