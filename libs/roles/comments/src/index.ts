export { commentsController } from './comments.controller.js';
export type { CommentSurface } from './comments.controller.js';
