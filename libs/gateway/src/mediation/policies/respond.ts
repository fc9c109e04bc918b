import type { PolicyFactory } from '../policy.js';

export const respond: PolicyFactory<'respond'> = ({ statusCode: status, contentType, body: text }) => {
  const body = Buffer.from(text);
  const headers = text === '' ? [] : ['Content-Type', contentType];
  return {
    request: () => ({ kind: 'answer', status, headers, body }),
    fault(message) {
      message.status = status;
      message.body = body;
      message.fields.set('Content-Type', contentType);
      return null;
    },
  };
};
