import { onRequests, type PolicyFactory } from '../policy.js';

export const changeHTTPMethod: PolicyFactory<'changeHTTPMethod'> = ({ updatedMethod }) =>
  onRequests((message) => {
    message.method = updatedMethod;
  });
