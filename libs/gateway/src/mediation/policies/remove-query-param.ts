import { onRequests, type PolicyFactory } from '../policy.js';
import { QueryParameters } from './query-parameters.js';

export const removeQueryParam: PolicyFactory<'removeQueryParam'> = ({ paramKey }) =>
  onRequests((message) => {
    const parameters = new QueryParameters(message.query);
    parameters.remove(paramKey);
    message.query = parameters.toString();
  });
