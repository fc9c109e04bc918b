import { statusRefusal } from '../../pipeline/verdict.js';
import type { PolicyFactory } from '../policy.js';

/** A body whose length is told is refused at once, another one when it has grown beyond the limit. */
export const limitBodySize: PolicyFactory<'limitBodySize'> = ({ maxBytes }) => {
  const tooLarge = statusRefusal(413, 'Content Too Large', `The API takes bodies of at most ${maxBytes} bytes.`, {
    close: true,
  });
  return {
    request(message) {
      const length = message.body?.length ?? message.bodyBytes;
      if (length !== null) return length > maxBytes ? tooLarge : null;
      message.maxBodyBytes = Math.min(message.maxBodyBytes, maxBytes);
      return null;
    },
  };
};
