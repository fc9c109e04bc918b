import type { ListBody } from '../rest/rest';

/** Contract schema `Comment` (publisher v4, devportal v3): a reply has no replies. */
export interface Reply {
  readonly id: string;
  readonly content: string;
  readonly createdTime: string;
  readonly createdBy: string;
  /** Once it was changed. */
  readonly updatedTime?: string;
  readonly entryPoint: 'devPortal' | 'publisher';
}

export interface Comment extends Reply {
  /** The first ones. */
  readonly replies: ListBody<Reply>;
}

/** Characters that the contracts take. */
export const longestComment = 512;
