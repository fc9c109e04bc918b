import { onRequests, type PolicyFactory } from '../policy.js';
import { QueryParameters } from './query-parameters.js';

export const setQueryParam: PolicyFactory<'setQueryParam'> = ({ paramKey, paramValue }) =>
  onRequests((message) => {
    const parameters = new QueryParameters(message.query);
    parameters.remove(paramKey);
    parameters.add(paramKey, paramValue);
    message.query = parameters.toString();
  });
