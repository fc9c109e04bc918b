export { PublisherModule } from './publisher.module.js';
export { publisherRole } from './publisher.role.js';
